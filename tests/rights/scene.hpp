#pragma once
#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "net/http/event_source.hpp"
#include "testing/event_reader.hpp"
#include "testing/http_caller.hpp"
#include "testing/platform/platform_under_test.hpp"
#include "testing/scripted_provider.hpp"
#include "testing/stomp_client.hpp"

namespace loquat::test {

// The system's clock, whose wall time a test can set forward.  Any thread.
class ShiftedClock final : public Clock {
  public:
    Time now() const override { return system_.now() + std::chrono::seconds{ahead_.load()}; }
    Steady steady() const override { return system_.steady(); }
    void shift(std::chrono::seconds by) { ahead_ += by.count(); }

  private:
    SystemClock system_;
    std::atomic<std::int64_t> ahead_{0};
};

// A room of `ana`, who owns it, with `bob`, whose rights change.  `elsewhere` is another session of
// his, `root` an administrator.  `carol` has another room with him, where nothing changes.
struct Scene {
    aio::Loop& loop;
    ScriptedProvider& provider;
    HttpCaller& http;
    ShiftedClock& clock;
    std::uint16_t port = 0;

    std::string root;
    std::string ana;
    std::string ana_id;
    std::string bob;
    std::string bob_id;
    std::string bob_name;
    std::string elsewhere;
    std::string carol;
    std::string room;
    std::string other_room;
    std::string own_chat;  // bob's, with the assistant
    // How bob comes to his quota while this thing is open.
    std::function<Task<void>(Scene&)> use_up;

    // Makes all of the above; the names end in `suffix`.
    Task<void> prepare(std::string suffix);
    Task<std::string> sign_in(std::string name);

    Task<HttpCaller::Answer> call(std::string method, std::string target, std::string token,
                                  std::string body = "");
    // The status of a call, and of a refusal its code: "404 chat.not_found".
    Task<std::string> outcome(std::string method, std::string target, std::string token,
                              std::string body = "");
    // The id of an answer that was asked for.
    Task<std::string> ask(std::string token, std::string chat, std::string prompt);
    Task<void> say(std::string token, std::string chat, std::string text);
    EventReader::Open stream(std::string id, std::string token, std::int64_t after = 0) const {
        return {.port = port,
                .target = std::move(id),
                .token = std::move(token),
                .last_event_id = after};
    }
    // "canceled", or "failed" with its code, as the room's owner sees it.
    Task<std::string> state_of(std::string generation);
    // Lets answers that are asked for be written until the one with that prompt comes.
    Task<std::shared_ptr<ScriptedAnswer>> next_answer(std::string prompt);
};

Task<void> use_own_answer(Scene& scene);

inline Steady soon() { return std::chrono::steady_clock::now() + std::chrono::seconds{20}; }
std::string code_of(const std::string& problem);

// Something that took a right away, or did not.
struct Change {
    std::string column;  // of the table in docs/rights.md
    std::string name;
    std::function<Task<void>(Scene&)> make;
};
const std::vector<Change>& changes();

// What is open while a right changes.
struct Thing {
    std::string row;  // of the table in docs/rights.md
    // Opens it, lets the change be acknowledged, and lets something happen that it would show; what
    // became of it, in the words of the table.
    std::function<Task<std::string>(Scene&, const Change&)> try_out;
};
const std::vector<Thing>& answers_and_calls();
const std::vector<Thing>& live_things();

}  // namespace loquat::test
