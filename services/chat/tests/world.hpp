#pragma once
#include <gtest/gtest.h>
#include <functional>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "aio/yield.hpp"
#include "contracts/chat/chat.hpp"
#include "runtime/rights/audit_trail.hpp"
#include "services/chat/config.hpp"
#include "services/chat/metrics.hpp"
#include "services/chat/ports.hpp"
#include "services/consumer/ports.hpp"
#include "testing/failure_code.hpp"
#include "testing/world.hpp"

namespace loquat::chat {

class Chat;
struct ChatPorts;

// People by name; may be told to fail.
class FakeDirectory final : public Directory {
  public:
    UserId add(const std::string& username);
    Task<std::vector<contracts::PublicUser>> list_users(std::vector<UserId> ids) override;
    Task<std::vector<Leaver>> list_leaving() override;
    Task<void> note_left(UserId user) override {
        std::erase(leaving, user);
        co_return;
    }

    std::map<UserId, contracts::PublicUser> users;
    std::vector<UserId> leaving;
    std::set<UserId> erased;  // those of them whose messages go too
    bool is_down = false;
    int calls = 0;
    // Runs once, before the next answer.
    std::function<Task<void>()> meanwhile;
};

// What was told, by whom it concerns.
class FakeBroadcast final : public test::FakeBroadcast {
  public:
    // Types of the events in a room but messages, and of those for a person's chat list.
    std::vector<std::string> room_events(const ChatId& chat) const;
    std::vector<std::string> user_events(const UserId& user) const;
    // The newest body of that type for a person.
    wire::Value last_user_event(const UserId& user, std::string_view type) const;
};

// The answers of assistants as conversations see them: none, or those of a test.
class CurrentAnswers final : public LiveAnswers, public ModelChoice {
  public:
    std::vector<contracts::LiveGeneration> list_live(const ChatId& chat) const override {
        return live != nullptr ? live->list_live(chat) : std::vector<contracts::LiveGeneration>{};
    }
    Task<std::vector<contracts::LiveGeneration>> list_elsewhere(ChatId chat) override {
        std::vector<contracts::LiveGeneration> list;
        if (live != nullptr) {
            list = co_await live->list_elsewhere(chat);
        }
        co_return list;
    }
    Task<void> check_model(std::string model) override {
        if (models != nullptr) {
            co_await models->check_model(std::move(model));
        }
    }

    LiveAnswers* live = nullptr;
    ModelChoice* models = nullptr;
};

// The service on memory adapters with a consumer beside it.
class World : public test::WorldBase {
  public:
    // `chats`: by default in memory, of its own.
    explicit World(ChatConfig config = {}, std::unique_ptr<ChatStore> chats = nullptr);
    ~World();

    // What the service is given; another one may be made of it.
    ChatPorts ports();
    // Runs `body` with the service started; stops it after.
    void run(Task<void> body);
    // Before its time.
    Task<void> stop();
    Task<bool> wants_title(ChatId in);
    Task<void> name_chat(ChatId in, std::string title);
    // The consumer stores what was and will be appended.
    void start_consumer();
    // Stores everything that was appended so far and lets the service hear of it.
    Task<void> drain();

    contracts::Caller as(const UserId& user) const { return test::caller_as(user); }
    UserId person(const std::string& name) { return directory.add(name); }
    Task<contracts::Chat> make_group(UserId owner, std::vector<UserId> others,
                                     std::string_view visibility = "private");
    Task<contracts::Chat> make_direct(UserId one, UserId other);
    Task<contracts::Message> send(UserId sender, ChatId chat, std::string text);
    Task<void> set_role(UserId owner, ChatId chat, UserId user, MemberRole role);
    // What goes on beside has so many turns of the loop.
    Task<void> settle_down(int turns = 50);

    std::optional<AssistantSettings> group_assistant;  // of the groups that are made
    FakeDirectory directory;
    FakeBroadcast broadcast;
    std::unique_ptr<consumer::MessageStore> messages;
    std::unique_ptr<ChatStore> chats;
    ChatMetrics metrics{registry};
    runtime::AuditTrail audit{{runtime::make_audit_sink(log), clock, registry, loop, "chat"}};
    CurrentAnswers answers;
    const std::unique_ptr<Chat> service;
    contracts::ChatApi& chat;  // of `service`

  private:
    Task<void> consume();
    Task<void> apply(std::vector<store::LogRecordPtr> records);
    void announce(const contracts::MessageRecord& record, const contracts::Outcome& outcome);
    Task<void> live(Task<void> body);

    store::Position applied_;
    std::exception_ptr failed_;
    aio::Scope scope_{loop, "test"};
};

using test::code_of;

contracts::PostMessageRequest text_of(ChatId chat, std::string client_id, std::string text);

}  // namespace loquat::chat
