#include "services/gateway/own/web_files.hpp"

#include <array>

#include "base/check.hpp"
#include "services/gateway/domain/negotiate.hpp"

namespace loquat::gateway {
namespace {

// What belongs to programs: an unknown path below one of these is a problem, not a page.
constexpr std::array<std::string_view, 6> program_paths{"/api/",         "/internal/", "/actuator/",
                                                        "/.well-known/", "/assets/",   "/ws/"};

bool is_for_programs(std::string_view path) {
    for (const std::string_view prefix : program_paths) {
        if (path.starts_with(prefix) || path == prefix.substr(0, prefix.size() - 1)) {
            return true;
        }
    }
    return false;
}

struct Form {
    std::string_view coding;  // empty: as it is
    std::string_view bytes;
    std::string etag;  // each form has its own
};

Form choose_form(const runtime::WebAsset& asset, std::string_view accept_encoding) {
    const auto tagged = [&](std::string_view suffix) {
        std::string etag{asset.etag.substr(0, asset.etag.size() - 1)};
        return etag.append(suffix).append("\"");
    };
    if (!asset.brotli.empty() && accepts_coding(accept_encoding, "br")) {
        return {"br", asset.brotli, tagged("-br")};
    }
    if (!asset.gzip.empty() && accepts_coding(accept_encoding, "gzip")) {
        return {"gzip", asset.gzip, tagged("-gz")};
    }
    return {"", asset.plain, std::string{asset.etag}};
}

}  // namespace

WebFiles::WebFiles(std::span<const runtime::WebAsset> assets) {
    for (const runtime::WebAsset& asset : assets) {
        by_path_.emplace(asset.path, &asset);
    }
    for (const std::string_view page : web_pages) {
        pages_.at(page) = true;
    }
    const auto page = by_path_.find("/index.html");
    LOQUAT_CHECK(page != by_path_.end(), "the web app has a page");
    page_ = page->second;
}

const runtime::WebAsset* WebFiles::find(std::string_view path, std::string_view accept) const {
    if (path == "/") {
        return page_;
    }
    if (const auto found = by_path_.find(path); found != by_path_.end()) {
        return found->second;
    }
    const bool opens_page = !is_for_programs(path) && names_type(accept, "text/html");
    return opens_page ? page_ : nullptr;
}

bool WebFiles::has(std::string_view path) const {
    return by_path_.contains(path) || pages_.find(path).value != nullptr;
}

Task<void> WebFiles::send(Request& request, const runtime::WebAsset& asset,
                          Responder& responder) const {
    const Form form = choose_form(asset, request.head.headers.get("Accept-Encoding"));
    const bool is_known = matches_etag(request.head.headers.get("If-None-Match"), form.etag);
    const bool is_page = asset.content_type.starts_with("text/html");
    net::http::HeadWriter head =
        responder.start(request, is_known ? 304 : 200, is_page ? Content::page : Content::file);
    head.forward("ETag", form.etag);
    head.raw(asset.immutable ? "Cache-Control: public, max-age=31536000, immutable\r\n"
                             : "Cache-Control: no-cache\r\n");
    if (!asset.brotli.empty() || !asset.gzip.empty()) {
        head.raw("Vary: Accept-Encoding\r\n");
    }
    if (!is_known) {
        head.forward("Content-Type", asset.content_type);
        if (!form.coding.empty()) {
            head.forward("Content-Encoding", form.coding);
        }
    }
    co_await request.exchange.finish(is_known ? std::string_view{} : form.bytes);
}

}  // namespace loquat::gateway
