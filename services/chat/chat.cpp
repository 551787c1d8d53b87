#include "services/chat/chat.hpp"

#include "base/log.hpp"

namespace loquat::chat {

Chat::Chat(ChatPorts ports, const ChatConfig& config)
    : state_(ports, config),
      request_keys_(ports.chats, ports.clock),
      peers_(ports.chats, state_.book),
      views_({ports.messages, state_.cache, state_.book, state_.heads, state_.deletions,
              state_.unsaved, state_.people, config.text_characters_max}),
      lists_({ports.chats, state_.cache, state_.unsaved, state_.people, views_}),
      membership_({state_.book, state_.cache, state_.mutex, state_.heads, state_.deletions,
                   state_.unsaved, state_.people, state_.publisher, state_.events, ports.rights,
                   ports.audit, ports.clock, state_.config}),
      naming_({state_.book, state_.cache, state_.mutex, state_.publisher, state_.scope,
               config.title_characters_max}),
      conversations_({ports.chats, state_.cache, state_.book, state_.mutex, state_.people,
                      state_.activity, membership_, views_, state_.publisher, state_.events,
                      ports.models, ports.audit, ports.clock, state_.config}),
      mentions_(state_.cache, state_.people, config.mentions_max),
      stored_({ports.broadcast, state_.cache, state_.heads, state_.deletions, state_.unsaved,
               state_.activity, naming_, state_.events}),
      posting_({ports.log, ports.messages, state_.cache, state_.book, state_.people, mentions_,
                state_.outcomes, stored_, ports.metrics, ports.clock, state_.config}),
      changes_({ports.log, ports.messages, state_.cache, state_.people, mentions_, state_.outcomes,
                stored_, ports.metrics, ports.audit, ports.clock, state_.config}),
      reading_({ports.chats, ports.messages, state_.cache, state_.heads, state_.deletions,
                state_.unsaved, state_.people, state_.publisher, ports.answers, ports.clock,
                state_.config}),
      erasure_({ports.chats, ports.log, ports.messages, state_.cache, state_.people, ports.audit,
                ports.clock, ports.loop}),
      departures_({ports.chats, ports.directory, ports.broadcast, state_.cache, state_.book,
                   state_.mutex, state_.people, membership_, erasure_, state_.publisher,
                   ports.audit, ports.loop, state_.scope}) {}

ConversationParts Chat::parts() {
    return {state_.cache, state_.people, conversations_, request_keys_,
            naming_,      posting_,      state_.events};
}

Task<void> Chat::recall_activity() {
    const Time newest = co_await state_.ports.chats.find_newest_activity();
    state_.activity.begin_after(newest);
}

void Chat::start() {
    state_.outcomes.start();
    if (state_.several) {
        state_.several->start();
    }
    stored_.start();
    departures_.start();
    state_.scope.start(state_.publisher.run());
    state_.scope.start(keep_saving());
}

Task<void> Chat::stop(Steady deadline) {
    state_.outcomes.stop();
    while (state_.outcomes.waiting() > 0 && std::chrono::steady_clock::now() < deadline) {
        co_await state_.ports.loop.sleep_for(std::chrono::milliseconds{5});
    }
    stored_.stop();
    if (state_.several) {
        co_await state_.several->stop();
    }
    departures_.stop();
    state_.publisher.close();
    co_await state_.scope.close();
    co_await state_.people.close();
    co_await state_.unsaved.save();
}

Task<void> Chat::keep_saving() {
    Time keys_forgotten_at{};
    for (;;) {
        co_await state_.ports.loop.sleep_for(state_.config.progress_interval_ms);
        std::exception_ptr error;
        try {
            co_await state_.unsaved.save();
            const Time now = state_.ports.clock.now();
            if (now - keys_forgotten_at > std::chrono::minutes{10}) {
                co_await state_.ports.chats.forget_keys(now - state_.config.creation_key_hours);
                keys_forgotten_at = now;
                departures_.look();
            }
        } catch (const Failure&) {
            error = std::current_exception();
        }
        if (error) {
            const std::string what = aio::describe(error);
            log_warn({.service = "chat"}, "progress could not be written down", {{"error", what}});
        }
        measure_caches();
    }
}

void Chat::measure_caches() {
    const auto set = [](runtime::Gauge& gauge, std::size_t size) {
        gauge.set(static_cast<std::int64_t>(size));
    };
    set(state_.ports.metrics.rooms_cached, state_.cache.size());
    set(state_.ports.metrics.people_cached, state_.people.size());
    set(state_.ports.metrics.heads_cached, state_.heads.size());
    set(state_.ports.metrics.repeats_cached, posting_.repeats_cached());
    set(state_.ports.metrics.typing_cached, reading_.typing_cached());
}

Task<contracts::Reply<contracts::Chat>> Chat::create_chat(contracts::Caller caller,
                                                          contracts::CreateChatRequest request) {
    return conversations_.create_chat(std::move(caller), std::move(request));
}

Task<contracts::Page<contracts::Chat>> Chat::list_chats(contracts::Caller caller,
                                                        contracts::ListChatsRequest request) {
    return lists_.list_chats(std::move(caller), std::move(request));
}

Task<contracts::Page<contracts::Chat>> Chat::list_public_chats(
    contracts::Caller caller, contracts::ListPublicRequest request) {
    return lists_.list_public_chats(std::move(caller), std::move(request));
}

Task<contracts::Chat> Chat::get_chat(contracts::Caller caller, contracts::ChatRef request) {
    return conversations_.get_chat(std::move(caller), std::move(request));
}

Task<contracts::Chat> Chat::update_chat(contracts::Caller caller,
                                        contracts::UpdateChatRequest request) {
    return conversations_.update_chat(std::move(caller), std::move(request));
}

Task<void> Chat::delete_chat(contracts::Caller caller, contracts::ChatRef request) {
    return conversations_.delete_chat(std::move(caller), std::move(request));
}

Task<void> Chat::join_chat(contracts::Caller caller, contracts::ChatRef request) {
    return membership_.join_chat(std::move(caller), std::move(request));
}

Task<void> Chat::leave_chat(contracts::Caller caller, contracts::ChatRef request) {
    return membership_.leave_chat(std::move(caller), std::move(request));
}

Task<contracts::Page<contracts::Member>> Chat::list_members(contracts::Caller caller,
                                                            contracts::ListMembersRequest request) {
    return membership_.list_members(std::move(caller), std::move(request));
}

Task<contracts::Member> Chat::put_member(contracts::Caller caller,
                                         contracts::PutMemberRequest request) {
    return membership_.put_member(std::move(caller), std::move(request));
}

Task<void> Chat::remove_member(contracts::Caller caller, contracts::MemberRef request) {
    return membership_.remove_member(std::move(caller), std::move(request));
}

Task<contracts::Reply<contracts::Message>> Chat::post_message(
    contracts::Caller caller, contracts::PostMessageRequest request) {
    return posting_.post_message(std::move(caller), std::move(request));
}

Task<contracts::AcceptedMessages> Chat::accept_messages(contracts::Caller caller,
                                                        contracts::AcceptMessagesRequest request) {
    return posting_.accept_messages(std::move(caller), std::move(request));
}

Task<contracts::ImportedMessages> Chat::import_messages(contracts::Caller caller,
                                                        contracts::ImportMessagesRequest request) {
    return posting_.import_messages(std::move(caller), std::move(request));
}

Task<contracts::Accepted> Chat::accept_message(contracts::Caller caller,
                                               contracts::PostMessageRequest request) {
    return posting_.accept_message(std::move(caller), std::move(request));
}

Task<contracts::Message> Chat::edit_message(contracts::Caller caller,
                                            contracts::EditMessageRequest request) {
    return changes_.edit_message(std::move(caller), std::move(request));
}

Task<contracts::Message> Chat::delete_message(contracts::Caller caller,
                                              contracts::MessageRef request) {
    return changes_.delete_message(std::move(caller), std::move(request));
}

Task<contracts::MessagePage> Chat::list_messages(contracts::Caller caller,
                                                 contracts::ListMessagesRequest request) {
    return reading_.list_messages(std::move(caller), std::move(request));
}

Task<void> Chat::put_read(contracts::Caller caller, contracts::ReadRequest request) {
    return reading_.put_read(std::move(caller), std::move(request));
}

Task<void> Chat::post_typing(contracts::Caller caller, contracts::ChatRef request) {
    return reading_.post_typing(std::move(caller), std::move(request));
}

Task<contracts::Subscribable> Chat::check_subscription(contracts::Caller caller,
                                                       contracts::ChatRef request) {
    return reading_.check_subscription(std::move(caller), std::move(request));
}

Task<contracts::ChatPlaces> Chat::list_places(contracts::Caller caller, contracts::Empty) {
    return reading_.list_places(std::move(caller));
}

Task<contracts::PeerIds> Chat::filter_peers(contracts::Caller caller,
                                            contracts::PeopleRequest request) {
    return peers_.filter_peers(std::move(caller), std::move(request));
}

Task<contracts::MembershipList> Chat::list_memberships(contracts::Caller,
                                                       contracts::PeopleRequest request) {
    return peers_.list_memberships(std::move(request));
}

Task<contracts::MembershipChanges> Chat::list_membership_changes(
    contracts::Caller, contracts::MembershipMark request) {
    return peers_.list_changes(std::move(request));
}

}  // namespace loquat::chat
