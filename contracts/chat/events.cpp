#include "contracts/chat/events.hpp"

#include "base/cut.hpp"

namespace loquat::contracts {

Message to_preview(Message message) {
    message.text = cut_text(message.text, preview_bytes_max);
    return message;
}

}  // namespace loquat::contracts
