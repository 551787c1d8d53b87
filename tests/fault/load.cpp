#include "tests/fault/load.hpp"

#include "aio/scope.hpp"
#include "aio/signal.hpp"
#include "base/failure.hpp"
#include "tests/fault/members.hpp"

namespace loquat::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds patience{20};
constexpr milliseconds look{200};
constexpr int final_reads_max = 200;

std::int64_t now() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

Steady soon() { return std::chrono::steady_clock::now() + patience; }

std::string frame(const std::string& head, const std::string& body = {}) {
    return head + "\n\n" + body + std::string(1, '\0');
}

}  // namespace

Task<void> pause_for(milliseconds time) {
    aio::Signal never;
    co_await never.wait_until(std::chrono::steady_clock::now() + time);
}

void Load::tell(Sight::Kind kind, const std::string& who, std::int64_t begun, std::string code) {
    if (watcher_) {
        watcher_(
            {.kind = kind, .who = who, .begun = begun, .ended = now(), .code = std::move(code)});
    }
}

void Load::record(Event event) {
    event.at = now();
    history_.events.push_back(std::move(event));
}

Task<void> Load::prepare(std::size_t rooms) {
    HttpCaller http{loop_, doors_.of("writer")};
    token_ = co_await http.make_user("writer");
    for (std::size_t i = 0; i < rooms; ++i) {
        rooms_.push_back(co_await http.make_room(token_, "room " + std::to_string(i)));
    }
}

Load::Message Load::make_message(const std::string& name, int number) {
    const std::string key = name + "-" + std::to_string(number);
    return {rooms_[random_() % rooms_.size()], key,
            "text of " + key + std::string(random_() % 300, '.')};
}

void Load::record_reply(const std::string& name, const Message& message, Reply reply,
                        std::int64_t seq) {
    What what = What::info;
    if (reply == Reply::accepted) {
        what = What::ok;
        ++acknowledged_;
    } else if (reply == Reply::refused) {
        what = What::fail;
    } else {
        ++unanswered_;
    }
    record({.what = what, .who = name, .room = message.room, .key = message.key, .seq = seq});
}

Task<Load::Reply> Load::post(Where where, const Message& message, std::int64_t& seq,
                             std::string& code) {
    const wire::Value body = wire::Object{{"client_id", message.key}, {"text", message.text}};
    // A client for each message: the server may be another one by now.
    HttpCaller http{loop_, std::move(where)};
    const std::string target = "/api/chats/" + message.room + "/messages";
    HttpCaller::Answer answer;
    try {
        answer = co_await http.call("POST", target, token_, wire::to_json(body));
    } catch (const Failure& failure) {
        code = failure.code;
        co_return Reply::unknown;
    }
    if (answer.status >= 200 && answer.status < 300) {
        seq = number_of(wire::parse(answer.body), "seq");
        co_return Reply::accepted;
    }
    code = std::to_string(answer.status) + " " + answer.text("code");
    co_return answer.status >= 500 ? Reply::unknown : Reply::refused;
}

Task<void> Load::write_by_http(std::string name) {
    ++running_;
    for (int number = 0; !finishing_; ++number) {
        const Message message = make_message(name, number);
        sent_at_[message.key] = now();
        Reply reply = Reply::unknown;
        while (reply == Reply::unknown) {
            const std::int64_t begun = now();
            record({.what = What::invoke,
                    .who = name,
                    .room = message.room,
                    .key = message.key,
                    .text = message.text});
            std::int64_t seq = 0;
            std::string code;
            reply = co_await post(doors_.of(name), message, seq, code);
            record_reply(name, message, reply, seq);
            tell(reply == Reply::accepted ? Sight::Kind::acknowledged : Sight::Kind::failed, name,
                 begun, code);
            if (reply == Reply::unknown) {
                doors_.leave(name);
                co_await pause_for(manners_.after_failure);
            }
        }
        co_await pause_for(manners_.pause);
    }
    --running_;
}

Task<std::unique_ptr<StompClient>> Load::connect(Where where) {
    const Steady latest = std::chrono::steady_clock::now() + where.answer_time_max;
    auto client = std::make_unique<StompClient>(loop_);
    co_await client->open({.port = where.port, .host = where.host}, latest);
    co_await client->send_text(
        frame("CONNECT\naccept-version:1.2\nheart-beat:0,1000\nAuthorization:Bearer " + token_));
    const auto answer = co_await client->next(latest);
    if (!answer || answer->command != net::stomp::Command::connected) {
        throw Failure{Kind::unavailable, "test.refused",
                      std::string{answer ? answer->get_or_empty("code") : "closed"}};
    }
    co_return client;
}

Task<Load::Reply> Load::send(StompClient& client, const Message& message, std::string& code) {
    const wire::Value body = wire::Object{{"client_id", message.key}, {"text", message.text}};
    co_await client.send_text(
        frame("SEND\ndestination:/app/chats/" + message.room + "/messages\nreceipt:" + message.key,
              wire::to_json(body)));
    const auto answer = co_await next_of(client, soon());
    const bool accepted = answer && answer->command == net::stomp::Command::receipt &&
                          answer->get_or_empty("receipt-id") == message.key;
    code = "STOMP " + std::string{answer ? answer->get_or_empty("code") : "closed"};
    co_return accepted ? Reply::accepted : Reply::unknown;
}

Task<Load::Reply> Load::try_by_stomp(const std::string& name, std::unique_ptr<StompClient>& client,
                                     const Message& message) {
    const std::int64_t begun = now();
    bool is_invoked = false;
    Reply reply = Reply::unknown;
    std::string code;
    try {
        if (!client) {
            client = co_await connect(doors_.of(name));
        }
        is_invoked = true;
        record({.what = What::invoke,
                .who = name,
                .room = message.room,
                .key = message.key,
                .text = message.text});
        reply = co_await send(*client, message, code);
    } catch (const Failure& failure) {
        code = "STOMP " + failure.code;
    }
    if (is_invoked) {
        record_reply(name, message, reply, 0);
    }
    tell(reply == Reply::accepted ? Sight::Kind::acknowledged : Sight::Kind::failed, name, begun,
         code);
    co_return reply;
}

Task<void> Load::write_by_stomp(std::string name) {
    ++running_;
    std::unique_ptr<StompClient> client;
    for (int number = 0; !finishing_; ++number) {
        const Message message = make_message(name, number);
        sent_at_[message.key] = now();
        while (co_await try_by_stomp(name, client, message) == Reply::unknown) {
            client.reset();
            doors_.leave(name);
            co_await pause_for(manners_.after_failure);
        }
        co_await pause_for(manners_.pause);
    }
    --running_;
}

void Load::take(const std::string& name, const std::string& room, const net::stomp::Frame& frame,
                std::int64_t& seen) {
    const wire::Value event = wire::parse(frame.body);
    const std::string type = text_of(event, "type");
    if (type == "resync") {
        const std::int64_t to = number_of(event, "to_seq");
        record({.what = What::resync,
                .who = name,
                .room = room,
                .seq = number_of(event, "from_seq"),
                .seq_to = to});
        seen = std::max(seen, to);
    } else if (type == "message") {
        const wire::Value& message = *event.find("message");
        const std::int64_t seq = number_of(message, "seq");
        tell(Sight::Kind::shown, name, sent_at_[text_of(message, "client_id")]);
        record({.what = What::receive,
                .who = name,
                .room = text_of(message, "chat_id"),
                .key = text_of(message, "client_id"),
                .text = text_of(message, "text"),
                .seq = seq});
        seen = std::max(seen, seq);
    }
}

// None when the server closed, when nothing came, not even a heart-beat, for as long as one has
// patience, or at `until`.
Task<std::optional<net::stomp::Frame>> Load::next_of(StompClient& client, Steady until) {
    for (;;) {
        bool is_late = false;
        std::optional<net::stomp::Frame> frame;
        try {
            frame = co_await client.next(std::chrono::steady_clock::now() + look);
        } catch (const Failure& failure) {
            is_late = failure.code == "test.timeout";
            if (!is_late) {
                throw;
            }
        }
        const Steady asked = std::chrono::steady_clock::now();
        const bool is_over = asked > until || asked - client.heard_at() > manners_.silence_max;
        if (!is_late || is_over) {
            co_return frame;
        }
    }
}

Task<void> Load::follow_once(const std::string& name, const std::string& room, std::int64_t& seen) {
    const std::unique_ptr<StompClient> client = co_await connect(doors_.of(name));
    record({.what = What::join, .who = name, .room = room, .seq = seen});
    std::exception_ptr failed;
    try {
        co_await client->send_text(frame("SUBSCRIBE\nid:1\ndestination:/topic/chats/" + room +
                                         "\nlast-seq:" + std::to_string(seen)));
        for (;;) {
            const auto next = co_await next_of(*client, Steady::max());
            if (!next || next->command != net::stomp::Command::message) {
                break;
            }
            take(name, room, *next, seen);
        }
    } catch (...) {
        failed = std::current_exception();
    }
    // A reader that is stopped from outside stays in its room for the checker: it must have got
    // all.
    if (failed && aio::is_cancellation(failed)) {
        std::rethrow_exception(failed);
    }
    record({.what = What::leave, .who = name, .room = room});
}

Task<void> Load::follow(std::string name, std::size_t room) {
    auto& [where, seen] = seen_[name];
    where = rooms_[room];
    for (;;) {
        std::exception_ptr failed;
        try {
            co_await follow_once(name, where, seen);
        } catch (...) {
            failed = std::current_exception();
        }
        if (failed && aio::is_cancellation(failed)) {
            co_return;
        }
        doors_.leave(name);
        co_await pause_for(manners_.after_failure);
    }
}

Task<std::vector<FinalMessage>> Load::read_room(HttpCaller& http, const std::string& room) {
    std::vector<FinalMessage> messages;
    for (;;) {
        const std::int64_t after = messages.empty() ? 0 : messages.back().seq;
        const std::string target =
            "/api/chats/" + room + "/messages?limit=200&after_seq=" + std::to_string(after);
        const HttpCaller::Answer answer = co_await http.call("GET", target, token_, "");
        const wire::Value page = wire::parse(answer.body);
        const auto& items = std::get<wire::Array>(page.find("items")->any());
        if (items.empty()) {
            co_return messages;
        }
        for (const wire::Value& item : items) {
            messages.push_back(
                {number_of(item, "seq"), text_of(item, "client_id"), text_of(item, "text")});
        }
    }
}

Task<void> Load::read_rooms() {
    HttpCaller http{loop_, doors_.of("last reader")};
    for (int i = 0; i < final_reads_max; ++i) {
        std::size_t count = 0;
        for (const std::string& room : rooms_) {
            history_.rooms[room] = co_await read_room(http, room);
            count += history_.rooms[room].size();
        }
        if (count >= acknowledged_) {
            co_return;
        }
        co_await pause_for(milliseconds{50});
    }
}

bool Load::all_seen() const {
    for (const auto& [name, place] : seen_) {
        const auto room = history_.rooms.find(place.first);
        const std::int64_t head =
            room == history_.rooms.end() || room->second.empty() ? 0 : room->second.back().seq;
        if (place.second < head) {
            return false;
        }
    }
    return true;
}

}  // namespace loquat::test
