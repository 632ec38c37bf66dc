#include "parse/sitemap/xml_stream.h"

#include <fmt/format.h>
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include <algorithm>
#include <mutex>
#include <new>
#include <optional>

#include "parse/sitemap/xml_repair.h"

namespace crawl {
namespace {

constexpr std::size_t kMaxProlog = 1 << 20;
constexpr std::size_t kMaxAttributes = 64;
constexpr std::size_t kMaxNames = 1 << 20;  // bytes of distinct names

std::string_view as_view(const xmlChar* text) {
  return text == nullptr ? std::string_view()
                         : reinterpret_cast<const char*>(text);
}

// The end of what starts at `at`, or npos if it is not there yet.
std::size_t after(std::string_view text, std::string_view end, std::size_t at) {
  const std::size_t found = text.find(end, at);
  return found == std::string_view::npos ? found : found + end.size();
}

// The end of a <!DOCTYPE ... [ ... ]> that starts at `at`.
std::size_t after_doctype(std::string_view text, std::size_t at) {
  int depth = 0;
  while (at < text.size()) {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with("<!--")) {
      at = after(text, "-->", at + 4);
    } else if (rest.starts_with("<?")) {
      at = after(text, "?>", at + 2);
    } else if (rest[0] == '"' || rest[0] == '\'') {
      at = after(text, rest.substr(0, 1), at + 1);
    } else {
      if (rest[0] == '<') ++depth;
      if (rest[0] == '>' && --depth == 0) return at + 1;
      ++at;
    }
  }
  return std::string_view::npos;
}

// Where the root's tag begins, or npos if that is not to be seen yet.
std::size_t find_root(std::string_view text) {
  std::size_t at = 0;
  while ((at = text.find('<', at)) != std::string_view::npos) {
    const std::string_view rest = text.substr(at);
    if (rest.size() < 4) return std::string_view::npos;
    if (rest.starts_with("<!--")) {
      at = after(text, "-->", at + 4);
    } else if (rest.starts_with("<?")) {
      at = after(text, "?>", at + 2);
    } else if (rest.starts_with("<!")) {
      at = after_doctype(text, at);
    } else {
      return at;
    }
    if (at == std::string_view::npos) return at;
  }
  return std::string_view::npos;
}

struct FreeContext {
  void operator()(xmlParserCtxt* context) const {
    xmlFreeDoc(context->myDoc);
    xmlFreeParserCtxt(context);
  }
};

}  // namespace

struct XmlStream::Impl {
  explicit Impl(XmlHandler& h) : handler(h) {
    static std::once_flag once;
    std::call_once(once, xmlInitParser);
  }

  XmlHandler& handler;
  std::unique_ptr<xmlParserCtxt, FreeContext> context;
  std::optional<std::string> prolog = "";  // until the root is found
  std::size_t prolog_lines = 0;
  XmlRepair repair;
  std::string repaired;
  std::string root_namespace;
  XmlAttributes attributes;
  bool in_root = false;
  bool stopped = false;
  std::size_t bad_line = std::string::npos;  // not well-formed from here on
  std::string problem;

  void stop(std::string_view why = {}) {
    stopped = true;
    if (!why.empty()) problem = why;
    if (context) xmlStopParser(context.get());
  }

  void open() {
    xmlSAXHandler sax{};
    sax.initialized = XML_SAX2_MAGIC;
    sax.startElementNs = &start;
    sax.endElementNs = &end;
    sax.characters = &text;
    sax.ignorableWhitespace = &text;
    sax.cdataBlock = &text;
    sax.serror = &error;
    context.reset(xmlCreatePushParserCtxt(&sax, this, nullptr, 0, nullptr));
    if (!context) throw std::bad_alloc();
    xmlCtxtUseOptions(context.get(), XML_PARSE_RECOVER | XML_PARSE_NONET |
                                         XML_PARSE_NOENT |
                                         XML_PARSE_IGNORE_ENC);
    xmlSwitchEncoding(context.get(), XML_CHAR_ENCODING_UTF8);
    xmlDictSetLimit(context->dict, kMaxNames);
  }

  bool parse(std::string_view bytes) {
    constexpr std::size_t kPiece = 64 * 1024;
    while (!bytes.empty() && !stopped && !repair.closed()) {
      const std::string_view piece = bytes.substr(0, kPiece);
      bytes.remove_prefix(piece.size());
      repaired.clear();
      const bool sound = repair.feed(piece, repaired);
      if (repair.repaired_after() != std::string::npos) {
        not_well_formed(repair.repaired_after() + 1);
      }
      xmlParseChunk(context.get(), repaired.data(),
                    static_cast<int>(repaired.size()), 0);
      if (!sound) stop(repair.trouble());
    }
    return !stopped && !repair.closed();
  }

  // libxml2 and XmlRepair each go through the text at their own pace, so the
  // first line to be told of is not always the first in the text.
  void not_well_formed(std::size_t line) {
    bad_line = std::min(bad_line, line + prolog_lines);
  }

  // libxml2's C code calls what follows: nothing may throw through it.
  template <class F>
  static void guarded(void* self, F call) noexcept {
    Impl& impl = *static_cast<Impl*>(self);
    if (impl.stopped) return;
    try {
      call(impl);
    } catch (const std::bad_alloc&) {
      impl.stop("out of memory");
    }
  }

  static void start(void* self, const xmlChar* name, const xmlChar* prefix,
                    const xmlChar* uri, int, const xmlChar**, int count, int,
                    const xmlChar** list) {
    guarded(self, [&](Impl& impl) {
      if (!impl.in_root) impl.root_namespace = as_view(uri);
      impl.in_root = true;
      impl.attributes.clear();
      const auto shown =
          std::min(static_cast<std::size_t>(count), kMaxAttributes);
      for (std::size_t i = 0; i < shown; ++i) {
        const xmlChar* const* entry = list + 5 * i;
        if (entry[1] != nullptr) continue;  // of another namespace
        impl.attributes.emplace_back(
            as_view(entry[0]),
            std::string_view(reinterpret_cast<const char*>(entry[3]),
                             static_cast<std::size_t>(entry[4] - entry[3])));
      }
      const bool own = prefix == nullptr ||
                       (uri != nullptr && as_view(uri) == impl.root_namespace);
      if (!impl.handler.start_element(as_view(name), own, impl.attributes)) {
        impl.stop();
      }
    });
  }

  static void end(void* self, const xmlChar*, const xmlChar*, const xmlChar*) {
    guarded(self, [](Impl& impl) {
      if (!impl.handler.end_element()) impl.stop();
    });
  }

  static void text(void* self, const xmlChar* text, int size) {
    guarded(self, [&](Impl& impl) {
      impl.handler.text({reinterpret_cast<const char*>(text),
                         static_cast<std::size_t>(size)});
    });
  }

  static void error(void* self, xmlError* what) {
    guarded(self, [&](Impl& impl) {
      if (what == nullptr || what->level < XML_ERR_ERROR) return;
      impl.not_well_formed(static_cast<std::size_t>(std::max(what->line, 1)));
    });
  }
};

XmlStream::XmlStream(XmlHandler& handler)
    : impl_(std::make_unique<Impl>(handler)) {}
XmlStream::~XmlStream() = default;

bool XmlStream::feed(std::string_view bytes) {
  Impl& impl = *impl_;
  if (impl.stopped) return false;
  if (!impl.prolog) return impl.parse(bytes);

  *impl.prolog += bytes;
  const std::size_t root = find_root(*impl.prolog);
  if (root == std::string::npos) {
    if (impl.prolog->size() > kMaxProlog) impl.stop("no element begins");
    return !impl.stopped;
  }
  const std::string begun = *std::move(impl.prolog);
  impl.prolog.reset();
  const auto before = begun.begin() + static_cast<std::ptrdiff_t>(root);
  impl.prolog_lines =
      static_cast<std::size_t>(std::count(begun.begin(), before, '\n'));
  impl.open();
  return impl.parse(std::string_view(begun).substr(root));
}

void XmlStream::finish() {
  Impl& impl = *impl_;
  if (impl.stopped) return;
  if (impl.prolog) return impl.stop("no element begins");
  xmlParseChunk(impl.context.get(), nullptr, 0, 1);
}

std::string XmlStream::problem() const {
  if (!impl_->problem.empty()) return impl_->problem;
  if (impl_->bad_line == std::string::npos) return "";
  return fmt::format("not well-formed XML, line {}", impl_->bad_line);
}

}  // namespace crawl
