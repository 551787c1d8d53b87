#pragma once
#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "aio/loop.hpp"
#include "base/failure.hpp"
#include "services/registry/registry.hpp"

namespace loquat::registry {

// A peer that answers as the test says.
class ScriptedPeer final : public PeerPort {
  public:
    const std::string& name() const override { return name_; }
    Task<PeerAnswer> send_batch(std::string body, Steady) override {
        batches.push_back(body);
        co_return answer_batch(body);
    }
    Task<PeerAnswer> fetch_all(Steady) override {
        ++fetches;
        co_return answer_fetch();
    }

    std::function<PeerAnswer(const std::string&)> answer_batch = [](const std::string&) {
        return PeerAnswer{.status = 200, .body = R"({"responseList":[]})"};
    };
    std::function<PeerAnswer()> answer_fetch = []() -> PeerAnswer {
        throw Failure{Kind::unavailable, "upstream.unavailable", "It is not there."};
    };
    std::vector<std::string> batches;
    int fetches = 0;

  private:
    std::string name_ = "http://peer:8761";
};

// Runs what a test awaits on a loop of its own, and time by hand.
struct RegistryTest : testing::Test {
    aio::Loop loop{"test"};
    FakeClock clock;
    Config config;
    ScriptedPeer peer;
    std::unique_ptr<Registry> made;

    ~RegistryTest() override {
        if (made) {
            run(made->stop(std::chrono::steady_clock::now()));
        }
    }

    // `peers`: the scripted one, or none.
    Registry& make(std::vector<PeerPort*> peers = {}) {
        made = std::make_unique<Registry>(loop, clock, config,
                                          Registry::Neighbours{std::move(peers), {"gateway"}});
        made->start();
        return *made;
    }

    void run(Task<void> task) {
        auto ended = [](Task<void> inner, aio::Loop& own) -> Task<void> {
            co_await std::move(inner);
            own.stop();
        };
        loop.spawn(ended(std::move(task), loop));
        loop.run();
    }

    void on_loop(const std::function<void()>& work) {
        auto task = [](const std::function<void()>& own) -> Task<void> {
            own();
            co_return;
        };
        run(task(work));
    }

    // Until it holds, or the test's patience ends.
    bool wait_for(const std::function<bool()>& holds) {
        const Steady most = std::chrono::steady_clock::now() + std::chrono::seconds{10};
        while (!holds() && std::chrono::steady_clock::now() < most) {
            loop.poll();
        }
        return holds();
    }

    static std::string body_of(const std::string& app, const std::string& id,
                               const std::string& more = {}) {
        return R"({"instance":{"app":")" + app + R"(","instanceId":")" + id +
               R"(","hostName":"h","ipAddr":"1.2.3.4","port":{"$":8080,"@enabled":"true"},)"
               R"("dataCenterInfo":{"name":"MyOwn"})" +
               more + "}}";
    }
    int ask(std::string_view method, std::vector<std::string> path, std::string_view body = {},
            Origin origin = Origin::client) {
        const EurekaRequest request{
            .method = method, .path = std::move(path), .body = body, .origin = origin};
        int status = 0;
        on_loop([&] { status = made->answer(request).status; });
        return status;
    }
    int add(const std::string& app, const std::string& id, const std::string& more = {},
            Origin origin = Origin::client) {
        return ask("POST", {"apps", app}, body_of(app, id, more), origin);
    }

    // What a watcher gets without waiting, at most so many pieces.
    std::string read(net::http::BodySource& stream, int pieces) {
        std::string all;
        auto reading = [](net::http::BodySource& from, int count, std::string& to) -> Task<void> {
            for (int i = 0; i < count; ++i) {
                auto piece = co_await from.next();
                if (!piece) {
                    to += "(end)";
                    co_return;
                }
                to += *piece;
            }
        };
        run(reading(stream, pieces, all));
        return all;
    }
};

}  // namespace loquat::registry
