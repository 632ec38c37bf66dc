#ifndef CRAWL_TESTS_SUPPORT_TLS_CERTIFICATES_H_
#define CRAWL_TESTS_SUPPORT_TLS_CERTIFICATES_H_

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <chrono>
#include <memory>
#include <string>

namespace crawl::testing {

struct X509Deleter {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
struct PkeyDeleter {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

// A certificate and its private key (P-256).
struct TlsIdentity {
  std::unique_ptr<X509, X509Deleter> certificate;
  std::unique_ptr<EVP_PKEY, PkeyDeleter> key;
};

struct CertificateRequest {
  std::string common_name;
  std::string
      alternative_names;  // OpenSSL's form: "DNS:localhost,IP:127.0.0.1"
  bool is_authority = false;
  std::string issuer_url{};  // where the issuer's certificate can be had
  // Validity, counted from now.
  std::chrono::hours not_before{-48};
  std::chrono::hours not_after{30 * 24};
};

// Signed by `issuer`, by itself when that is null. Throws std::runtime_error
// when OpenSSL fails.
TlsIdentity make_certificate(const CertificateRequest& request,
                             const TlsIdentity* issuer = nullptr);

std::string to_pem(const X509& certificate);
std::string to_pem(EVP_PKEY& key);  // the private key

}  // namespace crawl::testing

#endif  // CRAWL_TESTS_SUPPORT_TLS_CERTIFICATES_H_
