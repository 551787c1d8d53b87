#pragma once
#include <span>
#include <string_view>

namespace loquat::runtime {

// One file of the web app, compiled into the binary with its compressed forms.  All views live as
// long as the program.
struct WebAsset {
    std::string_view path;          // begins with '/': "/index.html", "/assets/index-Bx3.js"
    std::string_view content_type;  // ready for the header
    std::string_view etag;          // strong, quotes included
    std::string_view plain;
    std::string_view gzip;    // empty where compressing does not pay
    std::string_view brotli;  // empty where compressing does not pay
    bool immutable;           // the name carries the content's hash: cacheable for ever
};

// All files in the byte order of their paths.  "/index.html" is always there: where the web app was
// not built, it is a page that says so.
std::span<const WebAsset> web_assets();

}  // namespace loquat::runtime
