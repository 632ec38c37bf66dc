#ifndef CRAWL_BASE_IDNA_H_
#define CRAWL_BASE_IDNA_H_

#include <optional>
#include <string>
#include <string_view>

namespace crawl::url {

// "Domain to ASCII" of the URL Standard (section 3.3) with beStrict false: the
// form of `domain` (valid UTF-8) that DNS knows, or nothing if it has none. An
// ASCII domain only gets lower case. The caller rejects the empty result and
// forbidden code points.
//
// UTS #46 (CheckHyphens, UseSTD3ASCIIRules, VerifyDnsLength and transitional
// processing false; CheckBidi, CheckJoiners true) as far as libidn2 goes. It
// rejects more than the standard in three places: a non-ASCII label that starts
// or ends in a hyphen, or has two as third and fourth character; one over 63
// octets in ASCII; and one that mixes a symbol with right-to-left text, U+00DF,
// U+03C2, U+200C or U+200D. Its CheckBidi is by label.
std::optional<std::string> domain_to_ascii(std::string_view domain);

}  // namespace crawl::url

#endif  // CRAWL_BASE_IDNA_H_
