#include "services/config/follow/following.hpp"

#include <algorithm>
#include <unordered_map>

#include "aio/pipe.hpp"
#include "base/failure.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "net/http/sse.hpp"
#include "runtime/calls/feed_body.hpp"
#include "runtime/front/front_server.hpp"

namespace loquat::config {
namespace {

constexpr std::size_t unread_events_max = 64;

// Events of one follower's stream; one who does not read them is cut off.
class StreamLine final : public FollowerLine {
  public:
    explicit StreamLine(aio::PipeWriter<contracts::EventText> writer)
        : writer_(std::move(writer)) {}

    void send(std::string_view event, std::string_view data) override {
        if (writer_.push({net::http::to_sse({.event = event, .data = data})}) == aio::Push::full) {
            writer_.close();
        }
    }
    void close() override { writer_.close(); }
    void on_gone(std::move_only_function<void()> call) { writer_.on_reader_gone(std::move(call)); }

  private:
    aio::PipeWriter<contracts::EventText> writer_;
};

std::string as_text(const wire::Value& value) {
    const std::string* text = value.if_string();
    return text != nullptr ? *text : value.is_null() ? std::string{} : wire::to_json(value);
}

std::string_view file_of(std::string_view name, std::string_view prefix) {
    return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

bool is_for_all(std::string_view file) {
    const std::string_view stem = file.substr(file.rfind('/') + 1);
    return stem.starts_with("application.") || stem.starts_with("application-");
}

}  // namespace

bool is_meant(std::string_view destination, const contracts::ConfigFollower& follower) {
    const std::size_t colon = std::min(destination.find(':'), destination.size());
    const std::string_view service = destination.substr(0, colon);
    const std::string_view instance = destination.substr(std::min(colon + 1, destination.size()));
    const auto is_all = [](std::string_view text) {
        return text.empty() || text == "*" || text == "**";
    };
    const auto names = split(follower.name, ',');
    return (is_all(service) || std::ranges::find(names, service) != names.end()) &&
           (is_all(instance) || instance == follower.instance || instance == follower.id);
}

Following::Following(Parts parts)
    : parts_(parts),
      book_(parts.context.clock(),
            [this](const contracts::ConfigChangeReport& report) {
                (report.outcome == contracts::ConfigOutcome::applied ? applied_ : refused_).add();
            }),
      scope_(parts.context.loop(), "following"),
      count_(parts.context.metrics().gauge("loquat_config_followers", "Processes that follow.")),
      applied_(parts.context.metrics().counter(
          "loquat_config_changes_total", "Changes that were judged.", {{"outcome", "applied"}})),
      refused_(parts.context.metrics().counter(
          "loquat_config_changes_total", "Changes that were judged.", {{"outcome", "refused"}})) {}

Task<void> Following::stop() {
    book_.close_all();
    co_await scope_.close();
}

void Following::note_size() { count_.set(static_cast<std::int64_t>(book_.size())); }

contracts::ConfigState Following::compute(const FollowerKey& key,
                                          const Snapshots& snapshots) const {
    const auto snapshot = snapshots.find(key.label);
    if (snapshot == snapshots.end() || !snapshot->second) {
        throw Failure{Kind::not_found, "config.unknown_label",
                      "There is no label " + key.label + "."};
    }
    const auto sources = parts_.front.sources(
        {.applications = key.applications, .profiles = key.profiles, .label = key.label},
        *snapshot->second);
    std::unordered_map<std::string_view, std::string_view> strongest;
    for (const PropertySource& source : sources) {
        for (const Entry& entry : source.entries) {
            strongest.try_emplace(entry.key, source.name);
        }
    }
    contracts::ConfigState state{
        .label = key.label.empty() ? parts_.source.default_label() : key.label,
        .version = snapshot->second->version};
    for (const Entry& entry : merge(sources)) {
        const std::string_view file =
            file_of(strongest.at(entry.key), snapshot->second->name_prefix);
        state.settings.push_back({.path = entry.key,
                                  .value = as_text(entry.value),
                                  .origin = std::string{file} + ":" + std::to_string(entry.line),
                                  .shared = is_for_all(file)});
    }
    return state;
}

Task<contracts::ConfigState> Following::state(FollowerKey key) {
    Snapshots snapshots;
    snapshots[key.label] = co_await parts_.source.find(key.label);
    co_return book_.state_of(key,
                             [&](const FollowerKey& wanted) { return compute(wanted, snapshots); });
}

Task<net::http::Response> Following::follow(FollowerKey key, std::string instance) {
    if (book_.size() >= parts_.config.followers_max) {
        throw Failure{Kind::unavailable, "server.overloaded", "Too many follow already."};
    }
    Snapshots snapshots;
    snapshots[key.label] = co_await parts_.source.find(key.label);
    auto [writer, reader] = aio::make_pipe<contracts::EventText>(unread_events_max);
    auto line = std::make_unique<StreamLine>(std::move(writer));
    StreamLine& held = *line;
    const std::string id =
        book_.join(key, std::move(instance), std::move(line),
                   [&](const FollowerKey& wanted) { return compute(wanted, snapshots); });
    held.on_gone([this, id] {
        book_.leave(id);
        settled_.set();
        note_size();
    });
    note_size();
    on_change();  // what holds may not be what the files say
    co_return runtime::make_event_stream(
        runtime::make_feed_body(contracts::make_feed(std::move(reader))));
}

bool Following::vote(const contracts::ConfigVote& vote) {
    const bool is_taken = book_.vote(vote);
    settled_.set();
    return is_taken;
}

void Following::refresh(std::string_view destination) {
    book_.refresh([destination](const contracts::ConfigFollower& follower) {
        return is_meant(destination, follower);
    });
}

void Following::on_change() {
    has_news_ = true;
    if (!std::exchange(is_running_, true)) {
        scope_.start(judge());
    }
}

Task<void> Following::judge() {
    while (std::exchange(has_news_, false)) {
        std::exception_ptr error;
        try {
            co_await judge_once();
        } catch (const Failure& failure) {
            log_warn(parts_.context.log_context(), "a change could not be read",
                     {{"problem", failure.message}});
        } catch (...) {
            error = std::current_exception();
        }
        if (error) {
            is_running_ = false;
            std::rethrow_exception(error);
        }
    }
    is_running_ = false;
}

Task<void> Following::judge_once() {
    Snapshots snapshots;
    const std::vector<std::string> labels = book_.labels();
    for (const std::string& label : labels) {
        snapshots[label] = co_await parts_.source.find(label);
    }
    const bool is_judging = book_.propose(
        [&](const FollowerKey& wanted) { return compute(wanted, snapshots); }, labels);
    const Steady until = std::chrono::steady_clock::now() + parts_.config.vote_ms_max;
    while (is_judging && book_.is_judging()) {
        const bool in_time = co_await settled_.wait_until(until);
        if (!in_time) {
            book_.end_waiting();
        }
    }
    note_size();
}

}  // namespace loquat::config
