#pragma once

namespace loquat::chat {

class ConversationEvents;
class Conversations;
class Naming;
class People;
class Posting;
class RequestKeys;
class ConversationCache;

// What answers use of the conversations.
struct ConversationParts {
    ConversationCache& cache;
    People& people;
    Conversations& conversations;
    RequestKeys& keys;
    Naming& naming;
    Posting& posting;
    ConversationEvents& events;
};

}  // namespace loquat::chat
