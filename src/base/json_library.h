#ifndef CRAWL_BASE_JSON_LIBRARY_H_
#define CRAWL_BASE_JSON_LIBRARY_H_

// RapidJSON, as every source of ours includes it. 1.1.0 adds to a null pointer
// before it first allocates, which is harmless and which clang's sanitizer
// would stop at.

// Before it, so that none of their functions gets the attribute.
#include <cmath>
#include <iterator>
#include <limits>
#include <new>
#include <string>
#include <utility>

#ifdef __clang__
#pragma clang attribute push(__attribute__((no_sanitize("pointer-overflow"))), \
                             apply_to = function)
#endif
#include <rapidjson/document.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#ifdef __clang__
#pragma clang attribute pop
#endif

#endif  // CRAWL_BASE_JSON_LIBRARY_H_
