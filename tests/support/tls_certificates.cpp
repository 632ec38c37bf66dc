#include "support/tls_certificates.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace crawl::testing {
namespace {

[[noreturn]] void fail(const char* what) {
  throw std::runtime_error(std::string(what) + ": " +
                           ERR_error_string(ERR_get_error(), nullptr));
}

void check(bool ok, const char* what) {
  if (!ok) fail(what);
}

void set_random_serial(X509* certificate) {
  const std::unique_ptr<BIGNUM, decltype(&BN_free)> number(BN_new(), BN_free);
  check(number &&
            BN_rand(number.get(), 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) ==
                1 &&
            BN_to_ASN1_INTEGER(number.get(),
                               X509_get_serialNumber(certificate)) != nullptr,
        "serial number");
}

void add_extension(X509* certificate, int nid, const std::string& value) {
  const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)>
      extension(X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str()),
                X509_EXTENSION_free);
  check(extension && X509_add_ext(certificate, extension.get(), -1) == 1,
        "certificate extension");
}

long seconds(std::chrono::hours hours) {
  return static_cast<long>(std::chrono::seconds(hours).count());
}

}  // namespace

TlsIdentity make_certificate(const CertificateRequest& request,
                             const TlsIdentity* issuer) {
  TlsIdentity made;
  made.key.reset(EVP_EC_gen("P-256"));
  made.certificate.reset(X509_new());
  X509* certificate = made.certificate.get();
  check(made.key != nullptr && certificate != nullptr, "new certificate");

  X509_set_version(certificate, X509_VERSION_3);
  set_random_serial(certificate);
  X509_gmtime_adj(X509_getm_notBefore(certificate),
                  seconds(request.not_before));
  X509_gmtime_adj(X509_getm_notAfter(certificate), seconds(request.not_after));
  X509_NAME* subject = X509_get_subject_name(certificate);
  check(X509_NAME_add_entry_by_txt(
            subject, "CN", MBSTRING_UTF8,
            reinterpret_cast<const unsigned char*>(request.common_name.c_str()),
            -1, -1, 0) == 1,
        "subject name");
  check(X509_set_issuer_name(
            certificate,
            issuer == nullptr
                ? subject
                : X509_get_subject_name(issuer->certificate.get())) == 1,
        "issuer name");
  check(X509_set_pubkey(certificate, made.key.get()) == 1, "public key");
  add_extension(
      certificate, NID_basic_constraints,
      request.is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (!request.alternative_names.empty()) {
    add_extension(certificate, NID_subject_alt_name, request.alternative_names);
  }
  if (!request.issuer_url.empty()) {
    add_extension(certificate, NID_info_access,
                  "caIssuers;URI:" + request.issuer_url);
  }
  EVP_PKEY* signer = issuer == nullptr ? made.key.get() : issuer->key.get();
  check(X509_sign(certificate, signer, EVP_sha256()) > 0, "sign");
  return made;
}

std::string to_pem(const X509& certificate) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()),
                                                         BIO_free);
  check(memory && PEM_write_bio_X509(memory.get(), &certificate) == 1, "PEM");
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}

std::string to_pem(EVP_PKEY& key) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()),
                                                         BIO_free);
  check(memory && PEM_write_bio_PrivateKey(memory.get(), &key, nullptr, nullptr,
                                           0, nullptr, nullptr) == 1,
        "PEM");
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}

}  // namespace crawl::testing
