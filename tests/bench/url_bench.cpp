// What it costs to parse and resolve the links of a page, beside libcurl's URL
// API doing the same. The budget: a typical relative reference under 200 ns.
//
//   url_bench --benchmark_filter=...

#include <benchmark/benchmark.h>
#include <curl/curl.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "crawl/base/url.h"

namespace {

using crawl::Url;

constexpr const char* kBase =
    "https://en.example.org/w/cpp/algorithm/ranges/find.html";

constexpr std::array<const char*, 9> kReferences = {
    "../../header/algorithm.html",
    "page.html?x=1#y",
    "/w/index.html",
    "https://en.example.org/w/x",
    "#frag",
    "../../../common/skin_scripts/ext.css",
    "//upload.example.org/mwiki/images/a/a5/logo.png",
    "/w/index.php?title=Talk:cpp/algorithm/find&action=edit&redlink=1",
    "https://www.example.com/caf\xC3\xA9/menu du jour.html",
};

void label(benchmark::State& state) {
  state.SetLabel(kReferences.at(static_cast<std::size_t>(state.range(0))));
}

const char* reference_of(const benchmark::State& state) {
  return kReferences.at(static_cast<std::size_t>(state.range(0)));
}

void resolve_append(benchmark::State& state) {
  const auto base = Url::parse(kBase);
  const std::string_view reference = reference_of(state);
  std::string out;
  out.reserve(1 << 16);
  for (auto _ : state) {
    if (out.size() > out.capacity() / 2) out.clear();
    benchmark::DoNotOptimize(base->resolve_append(reference, out));
    benchmark::ClobberMemory();
  }
  label(state);
}
BENCHMARK(resolve_append)->DenseRange(0, kReferences.size() - 1);

void resolve(benchmark::State& state) {
  const auto base = Url::parse(kBase);
  const std::string_view reference = reference_of(state);
  for (auto _ : state) {
    benchmark::DoNotOptimize(base->resolve(reference));
  }
  label(state);
}
BENCHMARK(resolve)->DenseRange(0, kReferences.size() - 1);

struct CurlUrlFree {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using CurlUrl = std::unique_ptr<CURLU, CurlUrlFree>;

// libcurl has no resolve without changing its handle: duplicate the base, set
// the reference, read the result back.
void curl_resolve(benchmark::State& state) {
  const CurlUrl base(curl_url());
  curl_url_set(base.get(), CURLUPART_URL, kBase, 0);
  const char* const reference = reference_of(state);
  for (auto _ : state) {
    const CurlUrl url(curl_url_dup(base.get()));
    curl_url_set(url.get(), CURLUPART_URL, reference, CURLU_URLENCODE);
    char* text = nullptr;
    curl_url_get(url.get(), CURLUPART_URL, &text, 0);
    benchmark::DoNotOptimize(text);
    curl_free(text);
  }
  label(state);
}
BENCHMARK(curl_resolve)->DenseRange(0, kReferences.size() - 1);

void parse(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(Url::parse(kBase));
  }
}
BENCHMARK(parse);

void curl_parse(benchmark::State& state) {
  for (auto _ : state) {
    const CurlUrl url(curl_url());
    curl_url_set(url.get(), CURLUPART_URL, kBase, CURLU_URLENCODE);
    char* text = nullptr;
    curl_url_get(url.get(), CURLUPART_URL, &text, 0);
    benchmark::DoNotOptimize(text);
    curl_free(text);
  }
}
BENCHMARK(curl_parse);

void registrable_domain(benchmark::State& state) {
  const auto base = Url::parse(kBase);
  for (auto _ : state) {
    benchmark::DoNotOptimize(base->registrable_domain());
  }
}
BENCHMARK(registrable_domain);

// 1 MB of what is worst for the path: linear, so a steady rate.
void hostile_path(benchmark::State& state) {
  std::string input = "http://h/";
  while (input.size() < 1000000) input += "a/%2e%2E/\xFF/";
  for (auto _ : state) {
    benchmark::DoNotOptimize(Url::parse(input));
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(input.size()));
}
BENCHMARK(hostile_path);

}  // namespace
