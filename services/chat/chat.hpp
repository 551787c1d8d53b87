#pragma once
#include "services/chat/chat_state.hpp"
#include "services/chat/conversations/conversation_lists.hpp"
#include "services/chat/conversations/conversation_views.hpp"
#include "services/chat/conversations/conversations.hpp"
#include "services/chat/conversations/membership.hpp"
#include "services/chat/conversations/naming.hpp"
#include "services/chat/conversations/peers.hpp"
#include "services/chat/conversations/request_keys.hpp"
#include "services/chat/departures/departures.hpp"
#include "services/chat/departures/erasure.hpp"
#include "services/chat/generations/conversation_parts.hpp"
#include "services/chat/messages/mention_resolver.hpp"
#include "services/chat/messages/message_changes.hpp"
#include "services/chat/messages/posting.hpp"
#include "services/chat/messages/reading.hpp"
#include "services/chat/messages/stored_changes.hpp"

namespace loquat::chat {

// The use cases of the rooms, put together on one loop.  Failures as contracts/chat/chat.hpp and
// domain/ say, and those of the ports.
class Chat final : public contracts::ChatApi {
  public:
    Chat(ChatPorts ports, const ChatConfig& config);

    // Other values of what is `live`: they hold for what begins after this.
    void take_config(const ChatConfig& fresh) { state_.config = fresh; }

    // Before the first call: listens to what is stored, and writes progress down from time to time.
    void start();
    // Before `start`: the places that conversations have in lists, of a process before.
    Task<void> recall_activity();
    // Lets those who wait for the store go, then writes down what is left.  Nobody calls after it.
    Task<void> stop(Steady deadline);

    // For the answers of assistants, which live beside the conversations.
    ConversationParts parts();

    Task<contracts::Reply<contracts::Chat>> create_chat(
        contracts::Caller caller, contracts::CreateChatRequest request) override;
    Task<contracts::Page<contracts::Chat>> list_chats(contracts::Caller caller,
                                                      contracts::ListChatsRequest request) override;
    Task<contracts::Page<contracts::Chat>> list_public_chats(
        contracts::Caller caller, contracts::ListPublicRequest request) override;
    Task<contracts::Chat> get_chat(contracts::Caller caller, contracts::ChatRef request) override;
    Task<contracts::Chat> update_chat(contracts::Caller caller,
                                      contracts::UpdateChatRequest request) override;
    Task<void> delete_chat(contracts::Caller caller, contracts::ChatRef request) override;

    Task<void> join_chat(contracts::Caller caller, contracts::ChatRef request) override;
    Task<void> leave_chat(contracts::Caller caller, contracts::ChatRef request) override;
    Task<contracts::Page<contracts::Member>> list_members(
        contracts::Caller caller, contracts::ListMembersRequest request) override;
    Task<contracts::Member> put_member(contracts::Caller caller,
                                       contracts::PutMemberRequest request) override;
    Task<void> remove_member(contracts::Caller caller, contracts::MemberRef request) override;

    Task<contracts::Reply<contracts::Message>> post_message(
        contracts::Caller caller, contracts::PostMessageRequest request) override;
    Task<contracts::AcceptedMessages> accept_messages(
        contracts::Caller caller, contracts::AcceptMessagesRequest request) override;
    Task<contracts::ImportedMessages> import_messages(
        contracts::Caller caller, contracts::ImportMessagesRequest request) override;
    Task<contracts::Accepted> accept_message(contracts::Caller caller,
                                             contracts::PostMessageRequest request) override;
    Task<contracts::Message> edit_message(contracts::Caller caller,
                                          contracts::EditMessageRequest request) override;
    Task<contracts::Message> delete_message(contracts::Caller caller,
                                            contracts::MessageRef request) override;

    Task<contracts::MessagePage> list_messages(contracts::Caller caller,
                                               contracts::ListMessagesRequest request) override;
    Task<void> put_read(contracts::Caller caller, contracts::ReadRequest request) override;
    Task<void> post_typing(contracts::Caller caller, contracts::ChatRef request) override;
    Task<contracts::Subscribable> check_subscription(contracts::Caller caller,
                                                     contracts::ChatRef request) override;
    Task<contracts::ChatPlaces> list_places(contracts::Caller caller,
                                            contracts::Empty request) override;
    Task<contracts::PeerIds> filter_peers(contracts::Caller caller,
                                          contracts::PeopleRequest request) override;
    Task<contracts::MembershipList> list_memberships(contracts::Caller caller,
                                                     contracts::PeopleRequest request) override;
    Task<contracts::MembershipChanges> list_membership_changes(
        contracts::Caller caller, contracts::MembershipMark request) override;

  private:
    Task<void> keep_saving();
    void measure_caches();

    ChatState state_;
    RequestKeys request_keys_;
    Peers peers_;
    ConversationViews views_;
    ConversationLists lists_;
    Membership membership_;
    Naming naming_;
    Conversations conversations_;
    MentionResolver mentions_;
    StoredChanges stored_;
    Posting posting_;
    MessageChanges changes_;
    Reading reading_;
    Erasure erasure_;
    Departures departures_;
};

}  // namespace loquat::chat
