#include <gtest/gtest.h>

#include "tests/rights/scene.hpp"

// What lives on WebSockets.
namespace loquat::test {
namespace {

using net::stomp::Command;

// A STOMP connection that reads until something is certain to have come.
class Listener {
  public:
    explicit Listener(Scene& scene) : scene_(scene), client_(scene.loop) {}
    ~Listener() { client_.drop(); }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    Task<void> open(std::string token) {
        StompClient::Open open{.port = scene_.port};
        co_await open_as(std::move(open), std::move(token));
    }
    Task<void> open_as(StompClient::Open open, std::string token) {
        co_await client_.open(std::move(open), soon());
        co_await send("CONNECT\naccept-version:1.2\nAuthorization:Bearer " + token + "\n\n");
        const auto frame = co_await client_.next(soon());
        EXPECT_TRUE(frame && frame->command == Command::connected);
    }
    Task<void> send(std::string frame) { co_await client_.send_text(frame + std::string(1, '\0')); }
    Task<void> subscribe(std::string id, std::string destination) {
        co_await send("SUBSCRIBE\nid:" + id + "\nreceipt:" + id + "\ndestination:" + destination +
                      "\n\n");
        co_await read_to_receipt(id);
    }
    Task<void> read_to_receipt(std::string id) {
        for (;;) {
            const auto frame = co_await client_.next(soon());
            if (!frame || frame->get_or_empty("receipt-id") == id) {
                EXPECT_TRUE(frame);
                co_return;
            }
        }
    }

    // Reads until an event with `barrier` in it came: "goes on" where `wanted` came before or with
    // it, else "ends"; "closed, CODE" where the server said so; "cut" without a word.
    Task<std::string> outcome(std::string wanted, std::string barrier) {
        bool has_come = false;
        bool is_through = false;
        while (!is_through) {
            const auto frame = co_await client_.next(soon());
            if (!frame) {
                co_return "cut";
            }
            if (frame->command == Command::error) {
                EXPECT_EQ(co_await client_.closed(soon()), 4401);
                EXPECT_FALSE(has_come);
                co_return "closed, " + std::string{frame->get_or_empty("code")};
            }
            has_come |= frame->body.find(wanted) != std::string::npos;
            is_through = frame->body.find(barrier) != std::string::npos;
        }
        co_return has_come ? "goes on" : "ends";
    }

  private:
    Scene& scene_;
    StompClient client_;
};

Task<std::string> listen(Scene& scene, const Change& change) {
    Listener bob{scene};
    co_await bob.open(scene.bob);
    co_await bob.subscribe("room", "/topic/chats/" + scene.room);
    co_await bob.subscribe("other", "/topic/chats/" + scene.other_room);
    const std::string running = co_await scene.ask(scene.ana, scene.room, "live");
    const auto answer = co_await scene.next_answer("live");
    co_await change.make(scene);
    co_await scene.say(scene.ana, scene.room, "wanted");
    answer->say("wanted");
    answer->finish(3, 2);
    co_await scene.http.call("POST", "/api/chats/" + scene.room + "/typing", scene.ana, "");
    co_await scene.say(scene.carol, scene.other_room, "barrier");
    // An archived room shows what is still written in it.
    co_return co_await bob.outcome("wanted", "barrier");
}

Task<std::string> follow_list(Scene& scene, const Change& change) {
    Listener bob{scene};
    co_await bob.open(scene.bob);
    co_await bob.subscribe("list", "/user/queue/chats");
    co_await change.make(scene);
    co_await scene.say(scene.ana, scene.room, "wanted");
    co_await scene.say(scene.carol, scene.other_room, "barrier");
    const std::string came = co_await bob.outcome("wanted", "barrier");
    co_return change.column == "archived" && came == "ends" ? "goes on" : came;
}

// Ana and Carol are online; Bob is told when they are away.
Task<std::string> watch(Scene& scene, const Change& change) {
    Listener ana{scene};
    co_await ana.open(scene.ana);
    Listener carol{scene};
    co_await carol.open(scene.carol);
    Listener bob{scene};
    co_await bob.open(scene.bob);
    co_await bob.subscribe("people", "/user/queue/presence");
    co_await change.make(scene);
    Listener ana_again{scene};
    co_await ana_again.open(scene.ana);
    Listener carol_again{scene};
    co_await carol_again.open(scene.carol);
    const auto tell = [&](Listener& one, std::string state) -> Task<void> {
        co_await one.send("SEND\ndestination:/app/presence\nreceipt:" + state +
                          "\n\n{\"state\":\"" + state + "\"}");
        if (change.column != "token expired") {
            co_await one.read_to_receipt(state);
        }
    };
    for (Listener* one : {&ana, &ana_again, &carol, &carol_again}) {
        co_await tell(*one, "away");
    }
    const auto me = co_await scene.call("GET", "/api/auth/me", scene.carol);
    const std::string of_ana = scene.ana_id + R"(","state":"away")";
    const std::string of_carol = me.text("id") + R"(","state":")";
    std::string came = co_await bob.outcome(of_ana, of_carol + "away\"");
    if (came == "ends") {
        // People are told in no order: what comes after the next change of Carol was never told.
        co_await tell(carol_again, "online");
        came = co_await bob.outcome(of_ana, of_carol + "online\"");
    }
    co_return came;
}

// A WebSocket of another server, behind a configured route; Carol speaks STOMP through it.
Task<std::string> tunnel(Scene& scene, const Change& change) {
    Listener through{scene};
    StompClient::Open open{.port = scene.port,
                           .target = "/tunnel",
                           .headers = "Authorization: Bearer " + scene.bob + "\r\n"};
    co_await through.open_as(std::move(open), scene.carol);
    co_await through.subscribe("other", "/topic/chats/" + scene.other_room);
    co_await change.make(scene);
    co_await scene.say(scene.carol, scene.other_room, "barrier");
    const std::string came = co_await through.outcome("barrier", "barrier");
    co_return came == "cut" ? "ends" : came;
}

}  // namespace

const std::vector<Thing>& live_things() {
    static const std::vector<Thing> all{
        {"subscription to a conversation", listen},
        {"own list", follow_list},
        {"presence of others", watch},
        {"WebSocket of another server", tunnel},
    };
    return all;
}

}  // namespace loquat::test
