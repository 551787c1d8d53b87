#pragma once

namespace loquat::chat {

class ConversationEvents;
class Conversations;
class Naming;
class People;
class Posting;
class RequestKeys;
class Rooms;

// What answers use of the conversations.
struct ConversationParts {
    Rooms& rooms;
    People& people;
    Conversations& conversations;
    RequestKeys& keys;
    Naming& naming;
    Posting& posting;
    ConversationEvents& events;
};

}  // namespace loquat::chat
