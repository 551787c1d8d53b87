#include "net/http/workspace.hpp"

namespace loquat::net::http {
namespace {

constexpr std::size_t body_room = 4 * 1024;  // behind the largest head
constexpr std::size_t out_kept_max = 16 * 1024;

}  // namespace

Workspace::Workspace(const Limits& limits)
    : parser(limits),
      chunks(limits),
      capacity(limits.header_bytes_max + body_room),
      buffer(std::make_unique_for_overwrite<char[]>(capacity)) {}

void Workspace::reset() {
    head.clear();
    parser.reset();
    begin = end = 0;
    if (out.capacity() > out_kept_max) {
        out = {};
    }
    out.clear();
}

std::unique_ptr<Workspace> WorkspacePool::take() {
    if (kept_.empty()) {
        return std::make_unique<Workspace>(limits_);
    }
    auto workspace = std::move(kept_.back());
    kept_.pop_back();
    return workspace;
}

void WorkspacePool::give_back(std::unique_ptr<Workspace> workspace) {
    if (kept_.size() < kept_max) {
        workspace->reset();
        kept_.push_back(std::move(workspace));
    }
}

}  // namespace loquat::net::http
