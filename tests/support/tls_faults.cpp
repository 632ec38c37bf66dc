#include "support/tls_faults.h"

#include <stdexcept>
#include <utility>

#include "support/temp_dir.h"
#include "support/tls_transport.h"

namespace crawl::testing {
namespace {

using std::chrono::hours;

constexpr hours kDay{24};

CertificateRequest authority(std::string name) {
  CertificateRequest request;
  request.common_name = std::move(name);
  request.is_authority = true;
  return request;
}

CertificateRequest for_localhost() {
  CertificateRequest request;
  request.common_name = "localhost";
  request.alternative_names = "DNS:localhost,IP:127.0.0.1";
  return request;
}

}  // namespace

struct TlsFaults::Server {
  std::string name;
  std::shared_ptr<SSL_CTX> context;  // null: plain HTTP
  std::string certificate_file;
  std::unique_ptr<LoopbackSite> site;
};

struct TlsFaults::State {
  TempDir directory;
  std::string ca_file;
  std::vector<Server> servers;

  void add(std::string name, const TlsIdentity& identity,
           const std::vector<const X509*>& chain = {}) {
    auto context = make_tls_context(identity, chain);
    std::string file =
        directory.write(name + ".pem", to_pem(*identity.certificate));
    add(std::move(name), std::move(context), std::move(file));
  }

  void add(std::string name, std::shared_ptr<SSL_CTX> context,
           std::string file) {
    LoopbackSiteOptions options;
    options.scheme = "https";
    if (context) options.transport = make_tls_transports(context);
    auto site = std::make_unique<LoopbackSite>(options);
    site->serve("/*", "<title>tls ok</title>");
    servers.push_back({std::move(name), std::move(context), std::move(file),
                       std::move(site)});
  }
};

TlsFaults::TlsFaults() : state_(std::make_unique<State>()) {
  const TlsIdentity root = make_certificate(authority("Test Root"));
  const TlsIdentity other = make_certificate(authority("Other Root"));
  const TlsIdentity middle =
      make_certificate(authority("Test Intermediate"), &root);
  state_->ca_file =
      state_->directory.write("ca.pem", to_pem(*root.certificate));

  const TlsIdentity leaf = make_certificate(for_localhost(), &middle);
  state_->add("valid", make_certificate(for_localhost(), &root));
  state_->add("valid-chain", leaf, {middle.certificate.get()});
  state_->add("incomplete-chain", leaf);

  CertificateRequest request = for_localhost();
  request.issuer_url = "http://127.0.0.1:1/middle.der";
  state_->add("chain-to-mend", make_certificate(request, &middle));

  CertificateRequest wrong = request;
  wrong.alternative_names = "DNS:wrong.example";
  state_->add("wrong-host-chain-to-mend", make_certificate(wrong, &middle));
  request.not_before = -30 * kDay;
  request.not_after = -kDay;
  state_->add("expired-chain-to-mend", make_certificate(request, &middle));

  state_->add("expired", make_certificate(request, &root));
  request.not_before = 5 * kDay;
  request.not_after = 30 * kDay;
  state_->add("not-yet-valid", make_certificate(request, &root));
  request = for_localhost();
  request.common_name = "wrong.example";
  request.alternative_names = "DNS:wrong.example";
  state_->add("wrong-host", make_certificate(request, &root));
  state_->add("self-signed", make_certificate(for_localhost()));
  state_->add("untrusted-root", make_certificate(for_localhost(), &other),
              {other.certificate.get()});
  state_->add("plain-http-on-https-port", nullptr, "");
}

TlsFaults::~TlsFaults() = default;

std::vector<std::string> TlsFaults::names() const {
  std::vector<std::string> names;
  for (const Server& server : state_->servers) names.push_back(server.name);
  return names;
}

const std::string& TlsFaults::ca_file() const { return state_->ca_file; }

const TlsFaults::Server& TlsFaults::server(std::string_view name) const {
  for (const Server& server : state_->servers) {
    if (server.name == name) return server;
  }
  throw std::out_of_range("no TLS server called " + std::string(name));
}

const std::string& TlsFaults::certificate_file(std::string_view name) const {
  return server(name).certificate_file;
}

LoopbackSite& TlsFaults::site(std::string_view name) {
  return *server(name).site;
}

std::string TlsFaults::url(std::string_view name, std::string_view path) const {
  return server(name).site->url(path);
}

std::size_t TlsFaults::handshakes(std::string_view name) const {
  SSL_CTX* context = server(name).context.get();
  return context == nullptr
             ? 0
             : static_cast<std::size_t>(SSL_CTX_sess_accept_good(context));
}

std::size_t TlsFaults::resumptions(std::string_view name) const {
  SSL_CTX* context = server(name).context.get();
  return context == nullptr
             ? 0
             : static_cast<std::size_t>(SSL_CTX_sess_hits(context));
}

}  // namespace crawl::testing
