#pragma once
#include "net/stream.hpp"
#include "services/realtime/ports.hpp"

namespace loquat::realtime {

class StreamLink final : public Link {
  public:
    explicit StreamLink(net::Stream stream) : stream_(std::move(stream)) {}

    net::IoResult try_read(std::span<char> into) override { return stream_.try_read(into); }
    net::IoResult try_write(std::span<const iovec> parts) override {
        return stream_.try_write(parts);
    }
    void want_read(Owner& owner) override {
        stream_.on_readable([to = &owner] { to->on_readable(); });
    }
    void want_write(Owner& owner) override {
        stream_.on_writable([to = &owner] { to->on_writable(); });
    }
    void shutdown_write() override { stream_.shutdown_write(); }
    void close() override { stream_.close(); }

  private:
    net::Stream stream_;
};

}  // namespace loquat::realtime
