#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/typed_args.h"
#include "crawl/base/nearest_name.h"

namespace crawl::cli {
namespace {

using Group = OptionSpec::Group;
using T = TypedArgs;

// The help texts are filled to the width of the terminal by help.cpp.
constexpr std::array<OptionSpec, 109> kOptions = {{
    {Group::kConcurrency, "jobs", 'j', "N",
     "Fetch N URLs at a time (default: processors + 4, at most 32).", &T::jobs},
    {Group::kConcurrency, "per-host", '\0', "N",
     "At most N of them from one host (default: no less than --jobs).",
     &T::per_host},
    {Group::kConcurrency, "delay", '\0', "TIME",
     "Wait TIME between the starts of requests to one host; auto goes by how "
     "long its answers take, one request at a time on average.",
     &T::delay},
    {Group::kConcurrency, "pace-by", '\0', "WHAT",
     "What a host is to --per-host and --delay: its name, or its address, "
     "where "
     "many names may be at one (default: name).",
     &T::pace_by},
    {Group::kConcurrency, "rate", '\0', "N/UNIT",
     "Start at most N requests per UNIT in all: 10/s, 600/m, 1/15s.", &T::rate},
    {Group::kConcurrency, "sync", '\0', "",
     "Fetch one URL at a time on a single thread, without the pool.", &T::sync},
    {Group::kConcurrency, "compare", '\0', "[=N,N,...]",
     "Crawl the list with --sync, then with each number of jobs (default: "
     "1,2,4,8, or that of --jobs); check that the results agree and print a "
     "table of the speed-ups instead of records.",
     &T::compare, true, "default"},
    {Group::kConcurrency, "threads", '\0', "N",
     "Spread the transfers over N threads (default: the processors).",
     &T::threads},
    {Group::kConcurrency, "unique", '\0', "",
     "Fetch each URL once; its repetitions get a record that says so.",
     &T::unique},

    {Group::kOutput, "output", 'o', "FILE",
     "Write records to FILE instead of standard output; packed, if its name "
     "ends in .gz or .zst.",
     &T::output},
    {Group::kOutput, "append", '\0', "",
     "Write behind what the files of -o, --skipped, --warc-file and --har "
     "hold, "
     "not in its place. As with >> FILE, a header line is written if there is "
     "nothing yet.",
     &T::append},
    {Group::kOutput, "overwrite", '\0', "",
     "Let a new --state or --warc-file begin in files that hold something, and "
     "empty them; else it leaves them alone and says so.",
     &T::overwrite},
    {Group::kOutput, "format", '\0', "FORMAT",
     "jsonl, tsv, csv (for spreadsheets see --csv-safe), text or sqlite; of "
     "--check: text (default), jsonl, junit, markdown or sarif. "
     "Default: by the ending of -o's name (.csv, .tsv, .jsonl, .txt, .db; .gz "
     "and .zst aside), text on a terminal, else jsonl.",
     &T::format, true, "", "jsonl tsv csv text sqlite junit markdown sarif"},
    {Group::kOutput, "csv-safe", '\0', "",
     "Write CSV whose cells no spreadsheet takes for formulas: ' stands before "
     "a first = + - @ or tab.",
     &T::csv_safe},
    {Group::kOutput, "fields", '\0', "LIST",
     "Fields to write, in order: url,title. Or changes to the usual ones: "
     "+links,-parent.",
     &T::fields},
    {Group::kOutput, "extract", '\0', "NAME=SELECTOR",
     "Add what SELECTOR finds in a page to its record, as NAME. CSS: "
     "'h1::text', "
     "'a::attr(href)', 'table' (its HTML); or XPath: '//h1/text()'. Filters "
     "may "
     "follow, each after a |: string (an element's text, not its HTML), strip, "
     "normalize (white space), nonempty, first, url (links, resolved). May be "
     "repeated.",
     &T::extract},
    {Group::kOutput, "content", '\0', "WHAT",
     "Of which part of a page the fields text, markdown and word_count are: "
     "main (default), without menus, sidebars and the like, or all.",
     &T::content, true, "", "main all"},
    {Group::kOutput, "drop-repeated", '\0', "",
     "Leave out of text, markdown, word_count and text_digest what stands on "
     "half of a host's pages too (on five at least). Records are written when "
     "the crawl has ended.",
     &T::drop_repeated},
    {Group::kOutput, "list-fields", '\0', "",
     "Print every field and its meaning, and exit.", &T::list_fields, false},
    {Group::kOutput, "ordered", '\0', "",
     "Write records in input order instead of as they complete.", &T::ordered},

    {Group::kOutput, "save", '\0', "DIR",
     "Also save the bodies of pages, unpacked, as files in the folder DIR: "
     "DIR/host/path. The field file says where.",
     &T::save},
    {Group::kOutput, "warc-file", '\0', "PREFIX",
     "Also keep every request and response, redirects and robots.txt included, "
     "in the archive PREFIX.warc.gz (WARC/1.1), without passwords and the "
     "cookies sent.",
     &T::warc_file},
    {Group::kOutput, "warc-max-size", '\0', "SIZE",
     "Go on in another file, PREFIX-00000.warc.gz, PREFIX-00001.warc.gz and so "
     "on, before one gets longer.",
     &T::warc_max_size},
    {Group::kOutput, "warc-header", '\0', "LINE",
     "Put 'name: value' into the archive's warcinfo records. May be repeated.",
     &T::warc_header},
    {Group::kOutput, "warc-cdx", '\0', "",
     "Write an index of the archive, PREFIX.cdxj; in order when the crawl "
     "ends.",
     &T::warc_cdx},
    {Group::kOutput, "warc-dedup", '\0', "FILE",
     "Refer to what the index FILE (CDXJ) of an earlier archive has, where the "
     "same body comes again, and do not keep it twice.",
     &T::warc_dedup},
    {Group::kOutput, "warc-check", '\0', "",
     "Check the INPUTs, which are WARC files, against the standard: fields, "
     "lengths, digests, a member a record. Each fault is a line, with its "
     "record's offset.",
     &T::warc_check, false},
    {Group::kOutput, "no-warc-compression", '\0', "",
     "Write the archive as it is, PREFIX.warc, not packed by gzip.",
     &T::no_warc_compression},
    {Group::kOutput, "har", '\0', "FILE",
     "Also write when each request was made and what its time went into, "
     "redirects, robots.txt and failures included, as an HTTP Archive (HAR "
     "1.2): headers but no bodies, cookies and passwords.",
     &T::har},
    {Group::kOutput, "report", '\0', "FILE",
     "When the crawl ends, write a page about it, HTML that loads nothing: "
     "totals, times, errors, broken links, findings. The database that it is "
     "made from stays beside it, FILE.db. With --compare: the speed-ups.",
     &T::report},

    {Group::kRequests, "head", 'I', "",
     "Ask for headers only (HEAD): status, type and length of each URL of a "
     "list, no bodies.",
     &T::head},
    {Group::kRequests, "header", 'H', "LINE",
     "Send the header 'Name: value'; 'Name:' leaves a usual one out. May be "
     "repeated. Authorization and Cookie are for the origins of the URLs "
     "given.",
     &T::header},
    {Group::kRequests, "user-agent", 'A', "NAME",
     "Send NAME as User-Agent (default: crawl/VERSION and the project's "
     "address).",
     &T::user_agent},
    {Group::kRequests, "user", 'u', "USER:PASSWORD",
     "Log in with HTTP Basic authentication at the origins (scheme, host, "
     "port) of the URLs given. http://USER:PASSWORD@host/ is for one.",
     &T::user},
    {Group::kRequests, "proxy", 'x', "URL",
     "Use the proxy [SCHEME://]HOST[:PORT]; SCHEME is http, https, socks4, "
     "socks4a, socks5 or socks5h.",
     &T::proxy},
    {Group::kRequests, "noproxy", '\0', "LIST",
     "Hosts, domains and address blocks asked without a proxy, or *: "
     "localhost,a.example,10.0.0.0/8. Else $no_proxy says so; and without "
     "--proxy, $http_proxy, $https_proxy and $all_proxy name the proxies.",
     &T::no_proxy},
    {Group::kRequests, "proxy-cacert", '\0', "FILE",
     "Trust the certificate authorities in FILE (PEM) for an https proxy, not "
     "the system's.",
     &T::proxy_cacert},
    {Group::kRequests, "proxy-insecure", '\0', "",
     "Accept any TLS certificate of an https proxy.", &T::proxy_insecure},
    {Group::kRequests, "insecure", 'k', "", "Accept any TLS certificate.",
     &T::insecure},
    {Group::kRequests, "cacert", '\0', "FILE",
     "Trust the certificate authorities in FILE (PEM), not the system's.",
     &T::cacert},
    {Group::kRequests, "cert", 'E', "FILE",
     "Show the client certificate in FILE (PEM) to the seeds' origins.",
     &T::cert},
    {Group::kRequests, "key", '\0', "FILE",
     "The private key of --cert, if FILE (PEM) there has none.", &T::key},
    {Group::kRequests, "resolve", '\0', "HOST:PORT:ADDR",
     "Take ADDR[,ADDR...] for HOST and PORT without asking DNS. May be "
     "repeated.",
     &T::resolve},
    {Group::kRequests, "connect-to", '\0', "H1:P1:H2:P2",
     "Connect to H2:P2 in place of H1:P1. May be repeated.", &T::connect_to},
    {Group::kRequests, "system-resolver", '\0', "",
     "Ask the system for every name, not the name servers: slower; for names "
     "that only it knows.",
     &T::system_resolver},
    {Group::kRequests, "http1.1", '\0', "", "Use HTTP/1.1, never HTTP/2.",
     &T::http1_1},

    {Group::kLimits, "transfer-timeout", 'm', "TIME",
     "Give up a transfer after TIME, as curl's -m does (default: 60s; 0: "
     "never).",
     &T::max_time},
    {Group::kLimits, "max-time", '\0', "TIME",
     "End the crawl after TIME, in good order; what is in flight then has 5 s "
     "more.",
     &T::max_crawl_time},
    {Group::kLimits, "connect-timeout", '\0', "TIME",
     "Give up connecting after TIME (default: 10s).", &T::connect_timeout},
    {Group::kLimits, "max-redirs", '\0', "N",
     "Follow at most N redirects in a row (default: 10).", &T::max_redirs},
    {Group::kLimits, "max-filesize", '\0', "SIZE",
     "Cut bodies at SIZE, counted after decoding (default: 16M; 0: never).",
     &T::max_filesize},
    {Group::kLimits, "retry", '\0', "N",
     "Try N more times when an error may pass: 408, 429, 5xx, timeouts, broken "
     "connections (default: 2).",
     &T::retry},

    {Group::kLimits, "max-bytes", '\0', "SIZE",
     "End the crawl after SIZE of decoded bodies.", &T::max_bytes},
    {Group::kLimits, "max-pages", '\0', "N",
     "End the crawl after N records, those of earlier runs with --state "
     "counted.",
     &T::max_pages},

    {Group::kSites, "recursive", 'r', "",
     "Crawl the sites that the inputs belong to: follow links, obey "
     "robots.txt, "
     "read sitemaps. Two transfers per host at a time unless --per-host says "
     "otherwise, 250 ms apart unless the host is on this machine or network.",
     &T::recursive},
    {Group::kSites, "check", '\0', "[=WHAT]",
     "Check the links: crawl as -r does (of a list of pages, those alone), ask "
     "once for all else that pages link to, and say what is broken. WHAT: all "
     "(default), or pages for links of a and area only. Exit status 1 if "
     "something is.",
     &T::check, true, "all", "all pages"},
    {Group::kSites, "baseline", '\0', "FILE",
     "With --check: only fail for what is not broken in FILE, an earlier "
     "result with --format jsonl.",
     &T::baseline},
    {Group::kSites, "ignore", '\0', "REGEX",
     "With --check: ask for no URL in which REGEX is found, as with --exclude; "
     "nor for one in which a line of ./.crawlignore is. May be repeated.",
     &T::ignore},
    {Group::kSites, "no-redirects-report", '\0', "",
     "With --check: do not list links that work and redirect.",
     &T::no_redirects_report},
    {Group::kSites, "base", '\0', "URL",
     "With --check: the INPUT is a folder, the site that will be at URL: its "
     "files are checked, no server is needed.",
     &T::base},
    {Group::kSites, "offline", '\0', "",
     "With --check: ask for nothing of other sites.", &T::offline},
    {Group::kSites, "depth", 'd', "N", "Follow links N deep (default: any).",
     &T::depth},
    {Group::kSites, "scope", '\0', "SCOPE",
     "What belongs to a site: host (default), domain, prefix or any.",
     &T::scope, true, "", "host domain prefix any"},
    {Group::kSites, "exact-host", '\0', "",
     "Take http and https, and a leading www., for different sites.",
     &T::exact_host},
    {Group::kSites, "include", '\0', "REGEX",
     "Only URLs in which REGEX (RE2) is found; in their path, if it begins "
     "with "
     "/ or ^/. May be repeated.",
     &T::include},
    {Group::kSites, "exclude", '\0', "REGEX",
     "No URLs in which REGEX is found, as with --include. May be repeated.",
     &T::exclude},
    {Group::kSites, "follow", '\0', "LIST",
     "Elements whose links are followed (default: a,area,frame,iframe, and "
     "meta, a refresh, where a page has no other link).",
     &T::follow},
    {Group::kSites, "ignore-nofollow", '\0', "",
     "Follow links that rel, meta robots or X-Robots-Tag ask not to.",
     &T::ignore_nofollow},
    {Group::kSites, "all-types", '\0', "",
     "Fetch what is not HTML too, not only its headers.", &T::all_types},
    {Group::kSites, "page-requisites", 'p', "",
     "Also fetch what pages need to be shown, wherever it is: images, styles "
     "and what those need, scripts, fonts, media, frames; with -r, or of a "
     "list's pages, as robots.txt allows.",
     &T::page_requisites},
    {Group::kSites, "sitemap", '\0', "URL",
     "Also read the sitemap at URL. May be repeated.", &T::sitemap},
    {Group::kSites, "no-sitemaps", '\0', "",
     "Do not read the sitemaps that robots.txt names.", &T::no_sitemaps},
    {Group::kSites, "robots", '\0', "WHEN",
     "Obey robots.txt: links (default: when following links), always (for "
     "lists "
     "too) or never.",
     &T::robots, true, "", "links always never"},
    {Group::kSites, "no-robots", '\0', "",
     "The same as --robots=never: for a site of one's own.", &T::no_robots},
    {Group::kSites, "product-token", '\0', "NAME",
     "Our name in robots.txt (default: the first word of --user-agent).",
     &T::product_token},
    {Group::kSites, "strip-query-param", '\0', "NAME",
     "Take the parameter NAME out of the queries and paths (/a;NAME=1) of "
     "links; utm_* takes all that begin so. May be repeated.",
     &T::strip_query_param},
    {Group::kSites, "keep-session-ids", '\0', "",
     "Leave session ids in links (else jsessionid, phpsessid and their like "
     "are taken out).",
     &T::keep_session_ids},
    {Group::kSites, "sort-query", '\0', "",
     "Put query parameters in order: ?b&a is ?a&b.", &T::sort_query},
    {Group::kSites, "max-pages-per-host", '\0', "N",
     "Fetch at most N pages of a host (default: 100000; 0: any).",
     &T::max_pages_per_host},
    {Group::kSites, "max-url-length", '\0', "N",
     "Skip longer URLs (default: 2083; 0: none).", &T::max_url_length},
    {Group::kSites, "max-path-depth", '\0', "N",
     "Skip URLs with more path segments (default: 20; 0: none).",
     &T::max_path_depth},
    {Group::kSites, "max-path-repeats", '\0', "N",
     "Skip URLs that repeat a run of segments more often (default: 3; 0: "
     "none).",
     &T::max_path_repeats},
    {Group::kSites, "max-query-params", '\0', "N",
     "Skip URLs with more query parameters (default: 32; 0: none).",
     &T::max_query_params},
    {Group::kSites, "max-param-repeats", '\0', "N",
     "Skip URLs that repeat a query parameter more often, or hold a URL in a "
     "URL in a URL (default: 8; 0: none).",
     &T::max_param_repeats},
    {Group::kSites, "max-duplicates", '\0', "N",
     "Follow no links of copies of earlier pages once a host had more than N "
     "that were found on copies (default: 50; 0: follow all).",
     &T::max_duplicates},
    {Group::kSites, "allow-private", '\0', "",
     "Let links and redirects lead from public to loopback and private "
     "addresses.",
     &T::allow_private},
    {Group::kSites, "state", '\0', "FILE",
     "Keep the crawl's state in FILE; the same command goes on with it, after "
     "a "
     "crash too. Needs -o, but with --check, where it also keeps what was "
     "there "
     "on other sites less than a day ago: that is not asked again.",
     &T::state},
    {Group::kSites, "shared", '\0', "URL",
     "Crawl with others, on this and other machines, that are given the same "
     "URL, redis://HOST[:PORT][/DB[/NAME]], or rediss:// for TLS; each writes "
     "what it fetched. Needs -o.",
     &T::shared},
    {Group::kSites, "lease", '\0', "TIME",
     "With --shared: others wait so long for a worker that says nothing, then "
     "its hosts are theirs (default: 30s).",
     &T::lease},
    {Group::kSites, "shards", '\0', "N",
     "With --shared, spread a new crawl over N parts of Redis, which the "
     "masters "
     "of a cluster share (default: 1).",
     &T::shards},
    {Group::kSites, "status", '\0', "",
     "With --shared, say how the crawl is going, and exit; with --format jsonl "
     "as JSON.",
     &T::status, false},
    {Group::kSites, "watch", '\0', "",
     "With --status, say it once a second until the crawl has ended.",
     &T::watch, false},
    {Group::kSites, "pause", '\0', "",
     "With --shared, have all workers begin nothing new until --resume.",
     &T::pause, false},
    {Group::kSites, "resume", '\0', "",
     "With --shared, have a crawl go on that was paused or stopped.",
     &T::resume, false},
    {Group::kSites, "stop", '\0', "",
     "With --shared, have all workers finish what is in flight and end.",
     &T::stop, false},
    {Group::kSites, "finish", '\0', "",
     "With --shared, cut the outputs of workers that are gone to what counts, "
     "or say how much that is.",
     &T::finish, false},
    {Group::kSites, "commit-interval", '\0', "TIME",
     "Bring --state up to date so often; a crash costs what came after "
     "(default: "
     "1s).",
     &T::commit_interval},
    {Group::kSites, "skipped", '\0', "FILE",
     "Write a record of every URL that was not fetched, and why, to FILE.",
     &T::skipped},
    {Group::kSites, "explain", '\0', "URL",
     "Say what this crawl would do with URL and by which rule, and exit.",
     &T::explain},

    {Group::kMessages, "quiet", 'q', "",
     "No progress, no summary, no warnings on standard error.", &T::quiet},
    {Group::kMessages, "verbose", 'v', "",
     "Also log failures, retries and what was skipped, with their reasons; "
     "twice: every transfer.",
     &T::verbose},
    {Group::kMessages, "stats", '\0', "",
     "End with where the time went: network, politeness, parsing, writing; "
     "connections, DNS, slowest hosts.",
     &T::stats},
    {Group::kMessages, "log-file", '\0', "FILE",
     "Log to FILE instead of standard error, failures and the summary too; - "
     "is standard error. Its folder must be there.",
     &T::log_file},
    {Group::kMessages, "config", '\0', "FILE",
     "Read more options from FILE: lines such as jobs = 16.", &T::config,
     false},
    {Group::kMessages, "no-config", '\0', "",
     "Do not read the configuration in ~/.config/crawl/config (or "
     "$XDG_CONFIG_HOME/crawl/config).",
     &T::no_config, false},
    {Group::kMessages, "print-config", '\0', "",
     "Print every option that applies and where it came from, and exit.",
     &T::print_config, false},
    {Group::kMessages, "generate", '\0', "WHAT",
     "Print the manual page or a shell's completions, and exit.", &T::generate,
     false, "", "man bash zsh fish", true},
    {Group::kMessages, "help", 'h', "", "Print this help and exit.", &T::help,
     false},
    {Group::kMessages, "version", 'V', "",
     "Print the version and the libraries', and exit.", &T::version, false},
}};

// What other tools call it, where that is not near to our name.
using Namesake = std::pair<std::string_view, std::string_view>;
constexpr auto kElsewhere = std::to_array<Namesake>({
    {"max-depth", "depth"},
    {"depth-limit", "depth"},
    {"level", "depth"},
    {"silent", "quiet"},
    {"no-verbose", "quiet"},
    {"debug", "verbose"},
    {"no-proxy", "noproxy"},
    {"concurrency", "jobs"},
    {"max-concurrency", "jobs"},
    {"max-connections", "jobs"},
    {"concurrent-requests", "jobs"},
    {"parallel", "jobs"},
    {"parallel-max", "jobs"},
    {"max-threads", "jobs"},
    {"num-threads", "jobs"},
    {"workers", "jobs"},
    {"max-workers", "jobs"},
    {"concurrent-requests-per-domain", "per-host"},
    {"retries", "retry"},
    {"max-retries", "retry"},
    {"tries", "retry"},
    {"timeout", "transfer-timeout"},
    {"read-timeout", "transfer-timeout"},
    {"wait", "delay"},
    {"sleep", "delay"},
    {"download-delay", "delay"},
    {"random-wait", "delay"},
    {"autothrottle", "delay"},
    {"max-redirect", "max-redirs"},
    {"quota", "max-bytes"},
    {"limit", "max-pages"},
    {"output-document", "output"},
    {"output-format", "format"},
    {"output-file", "log-file"},
    {"append-output", "append"},
    {"overwrite-output", "overwrite"},
    {"no-check-certificate", "insecure"},
    {"ca-certificate", "cacert"},
    {"ca-directory", "cacert"},
    {"capath", "cacert"},
    {"certificate", "cert"},
    {"private-key", "key"},
    {"accept", "include"},
    {"accept-regex", "include"},
    {"include-directories", "include"},
    {"allow", "include"},
    {"filter", "include"},
    {"reject", "exclude"},
    {"reject-regex", "exclude"},
    {"exclude-directories", "exclude"},
    {"deny", "exclude"},
    {"domains", "scope"},
    {"allowed-domains", "scope"},
    {"ignore-robots", "no-robots"},
    {"spider", "head"},
    {"checkpoint", "state"},
    {"dry-run", "explain"},
    {"dns-servers", "resolve"},
});

// Options of others that are spelled, or meant, in another way here.
struct Hint {
  std::string_view words;  // between spaces
  std::string_view text;
};
constexpr std::string_view kCookies =
    "to send a cookie, use -H 'Cookie: NAME=VALUE'";
constexpr auto kHints = std::to_array<Hint>({
    {" -b --cookie --load-cookies --cookie-jar --save-cookies --no-cookies ",
     kCookies},
    {" -c ",
     "to send a cookie, use -H 'Cookie: NAME=VALUE'; to go on with a crawl, "
     "--state FILE"},
    {" --data --data-raw --data-binary --data-urlencode --body-data --request "
     "-X -F --form --post-data --post-file --body-file --method -G --get "
     "--upload-file ",
     "crawl only asks for pages (GET); curl can send data"},
    {" --json ",
     "records as JSON are --format jsonl; data cannot be sent, curl can do "
     "that"},
    {" --jsonl --csv --tsv --text ",
     "the format of records is said with --format jsonl, csv, tsv, text or "
     "sqlite"},
    {" -t ", "for the number of tries use --retry, for -j's threads --threads"},
    {" -s -S -sS -sSL -sL -fsSL -fsS --show-error -nv ",
     "to hear nothing but records, use --quiet (-q)"},
    {" -w ",
     "to wait between requests to a host, use --delay TIME; what is written of "
     "each URL is said with --fields LIST"},
    {" --write-out ", "what is written of each URL is said with --fields LIST"},
    {" --waitretry --retry-delay --retry-max-time ",
     "the pauses between tries grow by themselves and heed Retry-After; "
     "--retry N says how many tries"},
    {" --limit-rate --speed-limit --speed-time -y -Y ",
     "requests can be limited, bytes a second cannot: --rate 10/s, or --delay "
     "TIME for each host"},
    {" -T ", "to give up slow transfers, use --transfer-timeout (-m) TIME"},
    {" --dns-timeout ", "a name's look-up is part of --connect-timeout TIME"},
    {" -L --location ", "redirects are followed; --max-redirs 0 follows none"},
    {" -f --fail --fail-with-body ",
     "a status of 400 or more is a failure already, and the exit status says "
     "so"},
    {" -O --output-dir -P --directory-prefix --remote-name --remote-name-all "
     "-J --remote-header-name --create-dirs -nd -nH ",
     "all records go to one file, --output (-o) FILE"},
    {" --mirror --convert-links --adjust-extension -N "
     "--timestamping -nc --no-clobber ",
     "crawl writes a record of each page and no copy of the site; --fields "
     "+body puts pages into their records"},
    {" -l ", "how deep links are followed is said with --depth (-d) N"},
    {" -i ",
     "a list is named alone: crawl urls.txt; headers are a field: --fields "
     "+headers"},
    {" --input-file --input --url --urls --url-file --file --base ",
     "URLs and lists of them are named alone: crawl urls.txt"},
    {" --dump-header --server-response ",
     "the headers of answers are a field: --fields +headers"},
    {" -D ",
     "which hosts belong to a crawl is said with --scope; headers are a field: "
     "--fields +headers"},
    {" --span-hosts ",
     "to follow links to other hosts, use --scope domain or --scope any"},
    {" -R ", "which URLs count is said with --include and --exclude REGEX"},
    {" -e --execute ",
     "for wget's -e robots=off use --no-robots, for curl's -e URL -H 'Referer: "
     "URL'"},
    {" --referer ", "to send a Referer, use -H 'Referer: URL'"},
    {" -np --no-parent ", "to stay below the first URL, use --scope prefix"},
    {" -Z --parallel-immediate ",
     "URLs are fetched in parallel; --jobs (-j) N says how many"},
    {" --continue -C --continue-at ",
     "a crawl with --state FILE goes on where it stopped"},
    {" -U ", "to send another User-Agent, use --user-agent (-A) NAME"},
    {" --compressed --compression ",
     "compressed answers are asked for and unpacked already"},
    {" --http-user --http-password --password --ask-password ",
     "name and password are given together: --user (-u) USER:PASSWORD"},
    {" -n --netrc --netrc-file ",
     "passwords are given with --user (-u) USER:PASSWORD, or in the URL"},
    {" --proxy-user ",
     "write it into the proxy's URL: --proxy http://USER:PASSWORD@HOST:PORT"},
    {" --socks4 --socks4a --socks5 --socks5-hostname --preproxy ",
     "give the proxy with its scheme: --proxy socks5h://HOST:PORT"},
    {" -4 -6 --ipv4 --ipv6 --inet4-only --inet6-only ",
     "addresses of both kinds are tried; --resolve HOST:PORT:ADDR names one"},
    {" --http2 --http2-prior-knowledge --http3 ",
     "HTTP/2 is spoken where a server offers it; --http1.1 leaves it out"},
    {" -g --globoff ", "URLs are taken as they are, [] and {} too"},
    {" -K ", "options are read from a file with --config FILE"},
    {" -# --progress-bar --progress --show-progress --no-progress-meter ",
     "a terminal shows the progress by itself; --quiet (-q) leaves it out"},
    {" --trace --trace-ascii --loglevel ",
     "-v logs failures and retries, -vv every transfer"},
    {" --color --no-color ",
     "a terminal has colours unless NO_COLOR is set: NO_COLOR=1 crawl"},
    {" --obey-robots --respect-robots ",
     "robots.txt is obeyed with -r; for lists there is --robots always"},
    {" --headless --render --javascript ", "no JavaScript is run"},
    {" -a --set ", "options are named one by one; crawl --help lists them all"},
    {" -? --usage ", "crawl --help lists all options"},
});

}  // namespace

std::string_view elsewhere_hint(std::string_view word) {
  const std::string name = fmt::format(" {} ", word.substr(0, word.find('=')));
  for (const Hint& hint : kHints) {
    if (hint.words.find(name) != std::string_view::npos) return hint.text;
  }
  return "";
}

std::string OptionSpec::name() const {
  return short_name != '\0' ? fmt::format("-{}", short_name)
                            : fmt::format("--{}", long_name);
}

std::span<const OptionSpec> all_options() { return kOptions; }

std::string_view title_of(Group group) {
  switch (group) {
    case Group::kConcurrency:
      return "Concurrency";
    case Group::kOutput:
      return "Output";
    case Group::kRequests:
      return "Requests";
    case Group::kLimits:
      return "Limits";
    case Group::kSites:
      return "Whole sites";
    case Group::kMessages:
      return "Messages and help";
  }
  return "";
}

std::string did_you_mean(std::string_view long_name) {
  for (const auto& [theirs, ours] : kElsewhere) {
    if (long_name == theirs) return fmt::format(", did you mean '--{}'?", ours);
  }
  std::vector<std::string_view> names;
  for (const OptionSpec& option : kOptions) {
    if (!option.hidden) names.push_back(option.long_name);
  }
  const auto nearest = nearest_name(long_name, names);
  return nearest ? fmt::format(", did you mean '--{}'?", *nearest)
                 : std::string();
}

}  // namespace crawl::cli
