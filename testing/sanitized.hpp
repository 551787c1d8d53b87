#pragma once

#ifndef __has_feature
#define __has_feature(x) 0
#endif

namespace loquat::test {

// Built with a sanitizer, which brings a heap of its own, takes much more memory and some ten times
// as long.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || \
    __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool is_sanitized = false;
#endif

}  // namespace loquat::test
