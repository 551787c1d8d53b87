#pragma once
#include <memory>
#include <string>
#include <vector>

#include "net/http/codec.hpp"

// Only for net/http itself.
namespace loquat::net::http {

// What a connection needs while a request is under way.  An idle connection has none: 20,000 quiet
// browsers must not hold 20,000 buffers.
struct Workspace {
    explicit Workspace(const Limits& limits);

    // Bytes [begin, end) of the buffer are read but not used.
    std::size_t unread() const { return end - begin; }
    std::string_view unread_view() const { return {buffer.get() + begin, unread()}; }
    void reset();

    RequestHead head;
    RequestParser parser;
    ChunkedDecoder chunks;
    std::string out;  // a head, or a chunk line, that has not been written yet
    std::size_t capacity;
    std::unique_ptr<char[]> buffer;
    std::size_t begin = 0;
    std::size_t end = 0;
};

// Keeps what is not in use, up to a limit.  One loop.
class WorkspacePool {
  public:
    explicit WorkspacePool(const Limits& limits) : limits_(limits) {}

    std::unique_ptr<Workspace> take();
    void give_back(std::unique_ptr<Workspace> workspace);

  private:
    static constexpr std::size_t kept_max = 256;
    Limits limits_;
    std::vector<std::unique_ptr<Workspace>> kept_;
};

}  // namespace loquat::net::http
