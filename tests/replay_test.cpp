#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "aio/scope.hpp"
#include "base/failure.hpp"
#include "base/text.hpp"
#include "runtime/config/config.hpp"
#include "testing/http_caller.hpp"
#include "testing/platform/platform_under_test.hpp"
#include "testing/stomp_client.hpp"

// A real conversation sent through sockets, a room for each day: everything arrives, in order,
// once. LOQUAT_CHATLOG names the file (JSON lines, may be gzipped); without it the sample of the
// repository is used.
namespace loquat::test {
namespace {

constexpr std::size_t rooms_at_once = 8;
constexpr std::size_t unanswered_max = 64;

using Rooms = std::map<std::string, std::vector<std::string>>;

std::string clean(const std::string& text) {
    std::string out = normalise_line_ends(text);
    while (const auto at = find_control_character(out)) {
        out.erase(*at, static_cast<unsigned char>(out[*at]) == 0xC2 ? 2 : 1);
    }
    return out;
}

Rooms read_rooms() {
    const std::string named = runtime::environment_value("LOQUAT_CHATLOG");
    const std::string file =
        !named.empty() ? named
                       : std::string{LOQUAT_SOURCE_DIR} + "/docs/sample/ubuntu-irc-sample.jsonl";
    const std::string command = (file.ends_with(".gz") ? "zcat '" : "cat '") + file + "'";
    Rooms rooms;
    FILE* pipe = ::popen(command.c_str(), "r");
    char* line = nullptr;
    std::size_t capacity = 0;
    while (pipe != nullptr && ::getline(&line, &capacity, pipe) > 0) {
        const wire::Value value = wire::parse(trim(line));
        const std::string text = clean(*value.find("text")->if_string());
        if (!text.empty()) {
            rooms[*value.find("day")->if_string()].push_back(text);
        }
    }
    std::free(line);
    ::pclose(pipe);
    return rooms;
}

std::string frame(std::string head, const std::string& body = {}) {
    return head + "\n\n" + body + std::string(1, '\0');
}

Steady patience() { return std::chrono::steady_clock::now() + std::chrono::seconds{60}; }

// One reader of a room that checks what it is told.
class Reader {
  public:
    Reader(aio::Loop& loop, std::uint16_t port, std::string token, std::string chat,
           const std::vector<std::string>& sent)
        : loop_(loop), port_(port), token_(std::move(token)), chat_(std::move(chat)), sent_(sent) {}

    // Follows the room until everything has come; goes away after `leave_after` messages and comes
    // back.
    Task<void> follow(std::size_t leave_after) {
        while (seen_ < sent_.size()) {
            StompClient client{loop_};
            co_await connect(client);
            const std::size_t until = seen_ < leave_after ? leave_after : sent_.size();
            while (seen_ < std::min(until, sent_.size())) {
                auto next = co_await client.next(patience());
                if (!next) {
                    throw Failure{Kind::internal, "test.closed", "the server closed"};
                }
                take(*next);
            }
            client.drop();
        }
    }

  private:
    Task<void> connect(StompClient& client) {
        co_await client.open({.port = port_}, patience());
        co_await client.send_text(
            frame("CONNECT\naccept-version:1.2\nheart-beat:0,0\nAuthorization:Bearer " + token_));
        co_await client.next(patience());
        co_await client.send_text(frame("SUBSCRIBE\nid:1\ndestination:/topic/chats/" + chat_ +
                                        "\nlast-seq:" + std::to_string(seen_)));
    }

    void take(const net::stomp::Frame& frame) {
        const wire::Value event = wire::parse(frame.body);
        const std::string type = *event.find("type")->if_string();
        if (type == "resync") {
            throw Failure{Kind::internal, "test.resync", "this reader was not slow"};
        }
        if (type != "message") {
            return;
        }
        const wire::Value& message = *event.find("message");
        const auto seq =
            static_cast<std::size_t>(std::get<std::int64_t>(message.find("seq")->any()));
        EXPECT_EQ(seq, seen_ + 1);
        EXPECT_EQ(*message.find("text")->if_string(), sent_.at(seq - 1));
        seen_ = seq;
    }

    aio::Loop& loop_;
    std::uint16_t port_;
    std::string token_;
    std::string chat_;
    const std::vector<std::string>& sent_;
    std::size_t seen_ = 0;
};

class Replay {
  public:
    Replay(aio::Loop& loop, std::uint16_t port, const Rooms& rooms)
        : loop_(loop), port_(port), http_(loop, port), rooms_(rooms) {}

    Task<void> run() {
        token_ = co_await http_.make_user("ana");
        reader_token_ = co_await http_.make_user("ben");
        for (const auto& [day, lines] : rooms_) {
            waiting_.push_back(&day);
        }
        aio::Scope scope{loop_, "replay"};
        aio::Signal ended;
        std::size_t running = std::min(rooms_at_once, waiting_.size());
        for (std::size_t i = 0; i < running; ++i) {
            scope.start(take_rooms(running, ended));
        }
        while (running > 0) {
            co_await ended.wait();
        }
        co_await scope.close();
    }
    const std::string& problem() const { return problem_; }

  private:
    Task<void> take_rooms(std::size_t& running, aio::Signal& ended) {
        while (!waiting_.empty() && problem_.empty()) {
            const std::string day = *waiting_.front();
            waiting_.pop_front();
            try {
                co_await play_room(day);
            } catch (const std::exception& error) {
                problem_ = day + ": " + error.what();
            }
        }
        --running;
        ended.set();
    }

    Task<void> play_room(std::string day) {
        const std::vector<std::string>& lines = rooms_.at(day);
        const std::string chat = co_await http_.make_room(token_, day);
        co_await http_.call("POST", "/api/chats/" + chat + "/join", reader_token_, "");
        Reader from_start{loop_, port_, reader_token_, chat, lines};
        Reader comes_back{loop_, port_, reader_token_, chat, lines};
        Reader own{loop_, port_, token_, chat, lines};
        int left = 4;
        aio::Signal ended;
        aio::Scope scope{loop_, "room"};
        scope.start(part(send_lines(chat, lines), left, ended));
        scope.start(part(from_start.follow(0), left, ended));
        scope.start(part(comes_back.follow(lines.size() / 2), left, ended));
        scope.start(part(own.follow(0), left, ended));
        while (left > 0 && problem_.empty()) {
            co_await ended.wait();
        }
        co_await scope.close();
    }

    Task<void> part(Task<void> task, int& left, aio::Signal& ended) {
        try {
            co_await std::move(task);
        } catch (const std::exception& error) {
            problem_ = error.what();
        }
        --left;
        ended.set();
    }

    // Pipelined: at most `unanswered_max` receipts are outstanding.
    Task<void> send_lines(std::string chat, const std::vector<std::string>& lines) {
        StompClient client{loop_};
        co_await client.open({.port = port_}, patience());
        co_await client.send_text(
            frame("CONNECT\naccept-version:1.2\nheart-beat:0,0\nAuthorization:Bearer " + token_));
        co_await client.next(patience());
        std::size_t answered = 0;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            const wire::Value body =
                wire::Object{{"client_id", std::to_string(i)}, {"text", lines[i]}};
            co_await client.send_text(frame(
                "SEND\ndestination:/app/chats/" + chat + "/messages\nreceipt:" + std::to_string(i),
                wire::to_json(body)));
            while (i - answered >= unanswered_max) {
                co_await take_receipt(client, answered);
            }
        }
        while (answered < lines.size()) {
            co_await take_receipt(client, answered);
        }
        client.drop();
    }

    static Task<void> take_receipt(StompClient& client, std::size_t& answered) {
        auto next = co_await client.next(patience());
        if (!next || next->command != net::stomp::Command::receipt) {
            throw Failure{Kind::internal, "test.refused",
                          next ? next->body : std::string{"closed"}};
        }
        EXPECT_EQ(next->get_or_empty("receipt-id"), std::to_string(answered));
        ++answered;
    }

    aio::Loop& loop_;
    std::uint16_t port_;
    HttpCaller http_;
    const Rooms& rooms_;
    std::string token_;
    std::string reader_token_;
    std::deque<const std::string*> waiting_;
    std::string problem_;
};

TEST(ChatLog, arrives_whole_in_order_and_once_at_every_reader) {
    const Rooms rooms = read_rooms();
    std::size_t lines = 0;
    for (const auto& [day, texts] : rooms) {
        lines += texts.size();
    }
    PlatformUnderTest platform{{}};
    aio::Loop loop{"client"};
    Replay replay{loop, platform.port(), rooms};
    const auto began = std::chrono::steady_clock::now();

    run_to_end(loop, replay.run());

    EXPECT_EQ(replay.problem(), "");
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    std::printf(
        "%zu messages in %zu rooms, three readers each: %.1f s, %.0f messages and %.0f deliveries "
        "a second\n",
        lines, rooms.size(), seconds, static_cast<double>(lines) / seconds,
        3.0 * static_cast<double>(lines) / seconds);
}

}  // namespace
}  // namespace loquat::test
