#pragma once
#include "base/time_with_sleep.hpp"
#include "contracts/chat/chat.hpp"
#include "runtime/rights/audit_trail.hpp"
#include "runtime/rights/standing_rights.hpp"
#include "services/chat/cache/conversation_cache.hpp"
#include "services/chat/cache/conversation_mutex.hpp"
#include "services/chat/cache/deleted_messages.hpp"
#include "services/chat/cache/last_messages.hpp"
#include "services/chat/cache/people.hpp"
#include "services/chat/cache/write_behind.hpp"
#include "services/chat/config.hpp"
#include "services/chat/conversations/conversation_events.hpp"
#include "services/chat/conversations/event_publisher.hpp"
#include "services/chat/conversations/one_of_several.hpp"
#include "services/chat/conversations/only_writer.hpp"
#include "services/chat/domain/activity.hpp"
#include "services/chat/messages/pending_outcomes.hpp"
#include "services/chat/metrics.hpp"
#include "store/log/event_log.hpp"

namespace loquat::chat {

struct ChatPorts {
    ChatStore& chats;
    Directory& directory;
    LiveAnswers& answers;
    ModelChoice& models;
    store::EventLog& log;
    store::MessageHistory& messages;
    store::Broadcast& broadcast;
    const Clock& clock;
    aio::Loop& loop;
    ChatMetrics& metrics;
    runtime::AuditTrail& audit;
    runtime::StandingRights& rights;
    // How the age of what other instances may have changed is measured.
    std::function<Steady()> time_with_sleep = loquat::time_with_sleep;
};

// What the classes of the service share, one of each.  Only who puts them together sees it whole: a
// class is given what it works with.
struct ChatState {
    ChatState(ChatPorts given, const ChatConfig& chosen);
    ChatState(const ChatState&) = delete;
    ChatState& operator=(const ChatState&) = delete;

    ChatPorts ports;
    ChatConfig config;
    WriteBehind unsaved;
    ConversationCache cache;
    ConversationMutex mutex;
    LastMessages heads;
    DeletedMessages deletions;
    People people;
    Activity activity;
    PendingOutcomes outcomes;
    ConversationEvents events;
    std::optional<OnlyWriter> only;  // one of these two
    std::optional<OneOfSeveral> several;
    ConversationBook& book;
    EventPublisher publisher;
    aio::Scope scope;

  private:
    ConversationBook& open_book();
};

}  // namespace loquat::chat
