#pragma once
#include <cstdint>
#include <string_view>

#include "base/failure.hpp"
#include "services/realtime/frames/address.hpp"
#include "services/realtime/frames/frame_batch.hpp"

namespace loquat::realtime {

// The socket under a session, as far as the session needs it.
class Wire {
  public:
    virtual const Shape& shape() const = 0;
    virtual void set_version(net::stomp::Version version) = 0;

    // A STOMP frame that must arrive.
    virtual void answer(std::string_view frame) = 0;
    // Frames of WebSocket that must arrive.
    virtual void push(std::string_view frames) = 0;
    // Events shared with others; may be dropped for a slow reader.
    virtual void enqueue(const SharedBatch& batch) = 0;
    virtual bool has_room() const = 0;

    // Sends ERROR, then closes.  The socket is closed by code of the failure's kind.
    virtual void fail(const Failure& failure, std::string_view receipt) = 0;
    // Sends ERROR about one frame; the connection goes on.
    virtual void say_error(const Failure& failure, std::string_view receipt) = 0;
    virtual void close(std::uint16_t code, std::string_view reason) = 0;

    // The session has calls for other services: takes and performs them, one after the other, until
    // there are none.
    virtual void start_calls() = 0;
    // There are none any more, and no frame waits.
    virtual void on_idle() = 0;

    // Of the session's person: they are here, they are gone, they look away or at others.
    virtual void on_signed_in() = 0;
    virtual void on_signed_off() = 0;
    virtual void on_looks_changed() = 0;
    // Its times have changed.
    virtual void reschedule() = 0;

  protected:
    ~Wire() = default;
};

}  // namespace loquat::realtime
