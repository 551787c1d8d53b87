#pragma once
#include "contracts/core/client.hpp"
#include "services/realtime/ports.hpp"

namespace loquat::realtime {

// The chat service behind its contract.
class ChatClient final : public ChatPort {
  public:
    explicit ChatClient(contracts::Client<contracts::ChatApi> chat) : chat_(std::move(chat)) {}

    Task<contracts::Subscribable> check_subscription(Identity who, ChatId chat) override;
    Task<contracts::AcceptedMessages> accept_messages(
        Identity who, std::vector<contracts::PostMessageRequest> messages,
        contracts::AcceptMode mode) override;
    Task<void> post_typing(Identity who, ChatId chat) override;
    Task<void> put_read(Identity who, ChatId chat, std::int64_t seq) override;
    Task<contracts::MessagePage> list_after(Identity who, ChatId chat, std::int64_t after_seq,
                                            std::int32_t limit) override;
    Task<contracts::ChatPlaces> list_places(Identity who) override;

  private:
    contracts::Client<contracts::ChatApi> chat_;
};

}  // namespace loquat::realtime
