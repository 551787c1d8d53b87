#include "services/chat/tests/two_instances.hpp"

#include "services/chat/adapters/memory_chats.hpp"
#include "services/chat/adapters/sql_chats.hpp"

namespace loquat::chat {

using namespace std::chrono_literals;

SharedPlace::SharedPlace(test::Keeping keeping) : place(keeping) {}

std::unique_ptr<ChatStore> SharedPlace::open() {
    auto database = place.open({.name = "chat", .schema = chat_schema()});
    if (!database) {
        return make_memory_chats();
    }
    databases.push_back(std::move(database));
    return make_sql_chats(*databases.back(), FeedRows::kept);
}

namespace {

ChatConfig with_instances(Instances instances, ChatConfig config) {
    config.instances = instances;
    return config;
}

}  // namespace

struct TwoInstances::Other {
    Other(TwoInstances& world, std::unique_ptr<ChatStore> own, const ChatConfig& config)
        : chats(std::move(own)),
          service({chats ? *chats : *world.chats, world.directory, world.answers, world.answers,
                   world.log, *world.messages, world.broadcast, world.clock, world.loop, metrics,
                   world.audit, world.other_rights, [&world] { return world.clock.steady(); }},
                  config) {}

    std::unique_ptr<ChatStore> chats;
    runtime::Metrics registry;
    ChatMetrics metrics{registry};
    Chat service;
};

TwoInstances::TwoInstances(Instances instances, test::Keeping keeping, ChatConfig config)
    : SharedPlace(keeping), World(with_instances(instances, config), SharedPlace::open()) {
    if (instances == Instances::several) {
        auto own = databases.empty() ? nullptr : SharedPlace::open();
        other_ = std::make_unique<Other>(*this, std::move(own), with_instances(instances, config));
    }
}

TwoInstances::~TwoInstances() = default;

contracts::ChatApi& TwoInstances::at(std::size_t number) {
    return other_ && number % 2 == 1 ? static_cast<contracts::ChatApi&>(other_->service) : chat;
}

void TwoInstances::run_both(Task<void> body) { run(live_with_other(std::move(body))); }

Task<void> TwoInstances::live_with_other(Task<void> body) {
    if (other_) {
        other_->service.start();
    }
    std::exception_ptr failed;
    try {
        co_await std::move(body);
    } catch (...) {
        failed = std::current_exception();
    }
    if (other_) {
        co_await other_->service.stop(std::chrono::steady_clock::now() + 10s);
    }
    if (failed) {
        std::rethrow_exception(failed);
    }
}

Task<void> TwoInstances::settle() {
    for (int turn = 0; turn < 20; ++turn) {
        co_await aio::yield();
    }
}

Task<std::optional<LoadedChat>> TwoInstances::stored(ChatId chat) { return chats->load(chat); }

}  // namespace loquat::chat
