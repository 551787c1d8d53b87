#include "services/chat/tests/world.hpp"

#include "contracts/chat/broadcasts.hpp"
#include "contracts/events/user_event.hpp"
#include "services/chat/adapters/memory_chats.hpp"
#include "services/chat/chat.hpp"
#include "services/consumer/adapters/memory/memory_messages.hpp"
#include "store/broadcast/publish.hpp"

namespace loquat::chat {

using namespace std::chrono_literals;

UserId FakeDirectory::add(const std::string& username) {
    contracts::PublicUser user;
    user.id = UserId::make();
    user.username = username;
    user.display_name = "Display " + username;
    users.emplace(user.id, user);
    return user.id;
}

Task<std::vector<Directory::Leaver>> FakeDirectory::list_leaving() {
    std::vector<Leaver> all;
    for (const UserId& user : leaving) {
        all.push_back({user, erased.contains(user) ? contracts::RemovedMessages::erase
                                                   : contracts::RemovedMessages::keep});
    }
    co_return all;
}

Task<std::vector<contracts::PublicUser>> FakeDirectory::list_users(std::vector<UserId> ids) {
    ++calls;
    if (const auto happens = std::exchange(meanwhile, nullptr)) {
        co_await happens();
    }
    if (is_down) {
        throw Failure{Kind::unavailable, "upstream.unavailable", "down"};
    }
    std::vector<contracts::PublicUser> found;
    for (const UserId& id : ids) {
        if (const auto at = users.find(id); at != users.end()) {
            found.push_back(at->second);
        }
    }
    co_return found;
}

std::vector<std::string> FakeBroadcast::room_events(const ChatId& chat) const {
    std::vector<std::string> types;
    for (const auto& [topic, payload] : published) {
        if (topic == contracts::topics::chat_room.name(chat)) {
            std::string type = contracts::decode<contracts::RoomEvent>(*payload)->type;
            if (!type.starts_with("message")) {
                types.push_back(std::move(type));
            }
        }
    }
    return types;
}

std::vector<std::string> FakeBroadcast::user_events(const UserId& user) const {
    std::vector<std::string> types;
    for (const auto& [topic, payload] : published) {
        if (topic == contracts::topics::user.name(user)) {
            const wire::Value body =
                wire::parse(contracts::decode<contracts::UserEvent>(*payload)->body);
            types.push_back(*body.find("type")->if_string());
        }
    }
    return types;
}

wire::Value FakeBroadcast::last_user_event(const UserId& user, std::string_view type) const {
    wire::Value last;
    for (const auto& [topic, payload] : published) {
        if (topic == contracts::topics::user.name(user)) {
            wire::Value body = wire::parse(contracts::decode<contracts::UserEvent>(*payload)->body);
            if (*body.find("type")->if_string() == type) {
                last = std::move(body);
            }
        }
    }
    return last;
}

World::World(ChatConfig config, std::unique_ptr<ChatStore> own_chats)
    : messages(consumer::make_memory_messages()),
      chats(own_chats ? std::move(own_chats) : make_memory_chats()),
      service(std::make_unique<Chat>(ports(), config)),
      chat(*service) {}

World::~World() = default;

ChatPorts World::ports() {
    return {*chats,
            directory,
            answers,
            answers,
            log,
            *messages,
            broadcast,
            clock,
            loop,
            metrics,
            audit,
            rights,
            [this] { return clock.steady(); }};
}

void World::run(Task<void> body) {
    loop.spawn(live(std::move(body)));
    loop.run();
    if (failed_) {
        std::rethrow_exception(failed_);
    }
}

Task<void> World::live(Task<void> body) {
    service->start();
    try {
        co_await std::move(body);
    } catch (...) {
        failed_ = std::current_exception();
    }
    co_await scope_.close();
    co_await stop();
    loop.stop();
}

Task<void> World::stop() { co_await service->stop(std::chrono::steady_clock::now() + 10s); }

Task<bool> World::wants_title(ChatId in) { return service->parts().naming.wants_title(in); }

Task<void> World::name_chat(ChatId in, std::string title) {
    return service->parts().naming.name_chat(in, std::move(title));
}

void World::start_consumer() { scope_.start(consume()); }

Task<void> World::consume() {
    for (;;) {
        co_await drain();
        co_await log.wait(applied_.partition, applied_.applied,
                          std::chrono::steady_clock::now() + 10s);
    }
}

Task<void> World::drain() {
    if (applied_.generation == 0) {
        store::Partition partition{.topic = std::string{contracts::records::messages.topic}};
        const Uuid identity = co_await log.identity(partition.topic);
        store::Position before =
            co_await messages->position(std::string{store::log_reader}, std::move(partition));
        applied_ = co_await messages->adopt(std::move(before), identity, 0);
    }
    auto records = co_await log.read(applied_.partition, applied_.applied, {});
    if (!records.empty()) {
        co_await apply(std::move(records));
    }
    co_await aio::yield();
    co_await aio::yield();
}

Task<void> World::apply(std::vector<store::LogRecordPtr> records) {
    consumer::MessageBatch batch{applied_, records.back()->offset, {}};
    applied_ = store::moved(applied_, batch.through);
    for (const auto& record : records) {
        batch.records.push_back(contracts::decode<contracts::MessageRecord>(record->payload));
    }
    const auto decoded = batch.records;
    const auto outcomes = co_await messages->apply_batch(std::move(batch));
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        announce(*decoded[i], outcomes[i]);
    }
}

// As the consumer does it: the room first, then who keeps what is stored, then who waits.
void World::announce(const contracts::MessageRecord& record, const contracts::Outcome& outcome) {
    const contracts::StoredMessage& message = outcome.message;
    const bool is_change = outcome.kind == contracts::OutcomeKind::stored ||
                           outcome.kind == contracts::OutcomeKind::edited ||
                           outcome.kind == contracts::OutcomeKind::deleted;
    if (is_change) {
        const auto event = contracts::message_told(outcome.kind, contracts::to_message(message));
        store::publish(broadcast, contracts::topics::chat_room, message.chat, event);
        store::publish(broadcast, contracts::topics::chat_stored, {outcome.kind, message});
    }
    if (!record.origin.empty()) {
        const contracts::OutcomeEvent event{record.origin_ref, outcome};
        store::publish(broadcast, contracts::topics::chat_outcome, record.origin, event);
    }
}

Task<contracts::Chat> World::make_group(UserId owner, std::vector<UserId> others,
                                        std::string_view visibility) {
    contracts::CreateChatRequest request;
    request.title = "Group";
    request.visibility = wire::find_enum<contracts::Visibility>(visibility).value();
    request.member_ids = std::move(others);
    request.assistant = group_assistant;
    auto made = co_await chat.create_chat(as(owner), request);
    co_return std::move(made.body);
}

Task<contracts::Chat> World::make_direct(UserId one, UserId other) {
    contracts::CreateChatRequest request;
    request.kind = ChatKind::direct;
    request.member_ids = {other};
    auto made = co_await chat.create_chat(as(one), request);
    co_return std::move(made.body);
}

Task<contracts::Message> World::send(UserId sender, ChatId in, std::string text) {
    auto request = text_of(in, Uuid::make().to_string(), std::move(text));
    auto sent = co_await chat.post_message(as(sender), std::move(request));
    co_return std::move(sent.body);
}

Task<void> World::settle_down(int turns) {
    for (int i = 0; i < turns; ++i) {
        co_await aio::yield();
    }
}

Task<void> World::set_role(UserId owner, ChatId in, UserId user, MemberRole role) {
    const contracts::PutMemberRequest request{in, user, role};
    co_await chat.put_member(as(owner), request);
}

contracts::PostMessageRequest text_of(ChatId chat, std::string client_id, std::string text) {
    contracts::PostMessageRequest request;
    request.id = chat;
    request.client_id = std::move(client_id);
    request.text = std::move(text);
    return request;
}

}  // namespace loquat::chat
