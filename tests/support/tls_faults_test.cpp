#include "support/tls_faults.h"

#include <curl/curl.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace crawl::testing {
namespace {

using CurlHandle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

std::size_t append(char* data, std::size_t, std::size_t size, void* out) {
  static_cast<std::string*>(out)->append(data, size);
  return size;
}

class TlsFaultsTest : public ::testing::Test {
 protected:
  CURLcode fetch(const std::string& url, bool verify = true) {
    body_.clear();
    curl_easy_setopt(curl_.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl_.get(), CURLOPT_CAINFO, faults_.ca_file().c_str());
    curl_easy_setopt(curl_.get(), CURLOPT_CAPATH, nullptr);
    curl_easy_setopt(curl_.get(), CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(curl_.get(), CURLOPT_WRITEDATA, &body_);
    curl_easy_setopt(curl_.get(), CURLOPT_TIMEOUT, 60L);
    curl_easy_setopt(curl_.get(), CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
    curl_easy_setopt(curl_.get(), CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
    return curl_easy_perform(curl_.get());
  }

  TlsFaults faults_;
  CurlHandle curl_{curl_easy_init(), curl_easy_cleanup};
  std::string body_;
};

TEST_F(TlsFaultsTest, TheRightOnesAnswer) {
  for (const char* name : {"valid", "valid-chain"}) {
    EXPECT_EQ(fetch(faults_.url(name)), CURLE_OK) << name;
    EXPECT_EQ(body_, "<title>tls ok</title>");
  }
}

TEST_F(TlsFaultsTest, EachFaultIsRefusedAndIgnoredOnRequest) {
  for (const std::string& name : faults_.names()) {
    if (TlsFaults::is_right(name)) continue;
    if (name == "plain-http-on-https-port") {
      EXPECT_EQ(fetch(faults_.url(name)), CURLE_SSL_CONNECT_ERROR);
      continue;
    }
    EXPECT_EQ(fetch(faults_.url(name)), CURLE_PEER_FAILED_VERIFICATION) << name;
    EXPECT_EQ(fetch(faults_.url(name), /*verify=*/false), CURLE_OK) << name;
    EXPECT_EQ(body_, "<title>tls ok</title>") << name;
  }
}

TEST_F(TlsFaultsTest, CarriesLargeBodiesAndKeepsConnections) {
  faults_.site("valid").serve("/large", std::string(3'000'000, 'x'));
  EXPECT_EQ(fetch(faults_.url("valid", "/large")), CURLE_OK);
  EXPECT_EQ(body_.size(), 3'000'000U);
  EXPECT_EQ(fetch(faults_.url("valid")), CURLE_OK);
  EXPECT_EQ(faults_.site("valid").log().connections(), 1U);
  EXPECT_EQ(faults_.handshakes("valid"), 1U);
  EXPECT_EQ(faults_.resumptions("valid"), 0U);
}

TEST_F(TlsFaultsTest, CountsResumedSessions) {
  for (int i = 0; i < 2; ++i) {
    curl_easy_setopt(curl_.get(), CURLOPT_FRESH_CONNECT, 1L);
    EXPECT_EQ(fetch(faults_.url("valid")), CURLE_OK);
  }
  EXPECT_EQ(faults_.handshakes("valid"), 2U);
  EXPECT_EQ(faults_.resumptions("valid"), 1U);
}

TEST_F(TlsFaultsTest, UnknownNamesThrow) {
  EXPECT_THROW(faults_.url("no such fault"), std::out_of_range);
}

}  // namespace
}  // namespace crawl::testing
