#pragma once
#include <span>
#include <string>

#include "aio/task.hpp"
#include "base/clock.hpp"
#include "base/ids.hpp"
#include "contracts/chat/chat.hpp"
#include "contracts/core/caller.hpp"
#include "contracts/presence/presence.hpp"
#include "net/stream.hpp"

namespace loquat::realtime {

// Who a verified token speaks for.
struct Identity {
    UserId user;
    SessionId session;
    contracts::Role role = contracts::Role::user;
    std::string username;
    Time issued_at;
    Time expires_at;
};

class TokenPort {
  public:
    virtual ~TokenPort() = default;
    // Throws auth.invalid_token, auth.token_expired, auth.token_revoked.
    virtual Task<Identity> verify(std::string token) = 0;
};

// The chat service, on behalf of `who`.  Each call has its own deadline.  Failures as
// contracts/chat/chat.hpp says, and upstream.* when the service does not answer.
class ChatPort {
  public:
    virtual ~ChatPort() = default;
    // Throws chat.not_found unless `who` may follow the conversation.
    virtual Task<contracts::Subscribable> check_subscription(Identity who, ChatId chat) = 0;
    // Returns when the messages are durable, or, as `mode` says, all before the one that was
    // refused or none.
    virtual Task<contracts::AcceptedMessages> accept_messages(
        Identity who, std::vector<contracts::PostMessageRequest> messages,
        contracts::AcceptMode mode) = 0;
    virtual Task<void> post_typing(Identity who, ChatId chat) = 0;
    virtual Task<void> put_read(Identity who, ChatId chat, std::int64_t seq) = 0;
    // The oldest messages above `after_seq`, ascending; at most `limit`.
    virtual Task<contracts::MessagePage> list_after(Identity who, ChatId chat,
                                                    std::int64_t after_seq, std::int32_t limit) = 0;
    // The conversations of `who`, with their heads and markers.
    virtual Task<contracts::ChatPlaces> list_places(Identity who) = 0;
};

// Is told of every change of a person on this node; never waits.
class PresencePort {
  public:
    virtual ~PresencePort() = default;
    virtual void on_changed(const contracts::PresenceReportEntry& entry) = 0;
};

// The byte stream under a connection, never waiting.  As net::Stream, behind an interface so that
// tests can be a slow or a dying client.
class Link {
  public:
    class Owner {
      public:
        virtual void on_readable() = 0;
        virtual void on_writable() = 0;

      protected:
        ~Owner() = default;
    };

    virtual ~Link() = default;
    virtual net::IoResult try_read(std::span<char> into) = 0;
    virtual net::IoResult try_write(std::span<const iovec> parts) = 0;
    // Calls once, from the loop.  Only after would_block.
    virtual void want_read(Owner& owner) = 0;
    virtual void want_write(Owner& owner) = 0;
    virtual void shutdown_write() = 0;
    // No call comes after it.
    virtual void close() = 0;
};

}  // namespace loquat::realtime
