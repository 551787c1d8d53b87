#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aio/task.hpp"
#include "services/config/domain/entry.hpp"
#include "services/config/domain/snapshot.hpp"

namespace loquat::config {

// Where configuration comes from: a folder or a repository.  On the service's loop.
class SourcePort {
  public:
    virtual ~SourcePort() = default;
    // Follows what is there; `on_change` is called on the loop when files may differ.
    virtual void start(std::function<void()> on_change) = 0;
    // Nobody waits for a remote any more; what is here is still served.
    virtual void stop_fetching() {}
    virtual Task<void> stop() = 0;
    // Of who names none; empty: there are no labels.
    virtual std::string default_label() const = 0;
    // The files of a label as they are, or as they were when they could last be read; null when
    // there is no such label.  Throws Failure `config.unreadable` (unavailable) when there never
    // was anything.
    virtual Task<SnapshotPtr> find(std::string label) = 0;
    // Looks for news and returns when it knows.  Throws `config.remote_away` (unavailable).
    virtual Task<void> refresh() = 0;
    // Why what is served may be old; none when it is not.
    virtual std::optional<std::string> trouble() const = 0;
};

// What stands in a file of settings.
class ReaderPort {
  public:
    virtual ~ReaderPort() = default;
    // Throws Failure `config.malformed` (invalid) with the line.
    virtual std::vector<Document> read(std::string_view path, std::string_view text) const = 0;
};

}  // namespace loquat::config
