#pragma once
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "runtime/front/path_trie.hpp"
#include "runtime/front/web_assets.hpp"
#include "services/gateway/edge/responder.hpp"

namespace loquat::gateway {

// The web app: its files by their paths, and its page for every path that a browser opens as a
// page, because the app itself reads the rest of the address.
// The addresses of the web app's own pages, as patterns; web/src/app/app.tsx has them.
inline constexpr std::array<std::string_view, 11> web_pages{
    "/",      "/sign-up", "/c/{id}",   "/c/{id}/m/{seq}",     "/new",       "/new/room",
    "/rooms", "/people",  "/settings", "/settings/{section}", "/index.html"};

class WebFiles {
  public:
    explicit WebFiles(std::span<const runtime::WebAsset> assets);

    // The file for a GET or HEAD of `path`; nullptr where there is none.  Paths of the API never
    // give the page.
    const runtime::WebAsset* find(std::string_view path, std::string_view accept) const;
    // Whether there is a file or a page of the app at `path`.
    bool has(std::string_view path) const;
    Task<void> send(Request& request, const runtime::WebAsset& asset, Responder& responder) const;

  private:
    std::unordered_map<std::string_view, const runtime::WebAsset*> by_path_;
    runtime::PathTrie<bool> pages_;
    const runtime::WebAsset* page_ = nullptr;
};

}  // namespace loquat::gateway
