#pragma once
#include "contracts/chat/message.hpp"
#include "store/messages/message_store.hpp"

// Messages as the outside sees them, with the names that are in them.
namespace loquat::store {

contracts::Message to_wire(StoredMessage message);
// Of a record that has no number yet.
contracts::Message to_wire(const MessageRecord& record);

}  // namespace loquat::store
