#pragma once
#include <span>
#include <string_view>

#include "net/stream.hpp"

namespace loquat::realtime {

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
