#include "services/config/adapters/git_connections.hpp"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

#include "services/config/adapters/git_library.hpp"

namespace loquat::config {
namespace {

// Of the fetch that runs on this thread.
thread_local GitConnections* running = nullptr;

// libgit2 hands libssh2 the handle out of this very place, so the order is that of its own sockets.
struct GitSocket {
    git_stream stream{};
    char* host = nullptr;
    char* port = nullptr;
    int handle = -1;
    GitConnections* connections = nullptr;
};
static_assert(std::is_standard_layout_v<GitSocket>);

GitSocket& socket_of(git_stream* stream) { return *reinterpret_cast<GitSocket*>(stream); }

int fail(const std::string& what) {
    GitLibrary::get().error_set_str(GIT_ERROR_NET, what.c_str());
    return -1;
}

int fail_with_errno(const char* what) {
    return fail(std::string{what} + ": " + std::strerror(errno));
}

void close_socket(GitSocket& socket) {
    if (socket.handle >= 0) {
        socket.connections->remove(socket.handle);
        socket.handle = -1;
    }
}

// Blocks until it is connected, refused, or shut from elsewhere.
bool connect_to(GitSocket& socket, const addrinfo& address) {
    socket.handle =
        ::socket(address.ai_family, address.ai_socktype | SOCK_CLOEXEC, address.ai_protocol);
    if (socket.handle < 0) {
        return false;
    }
    const bool may_be_used = socket.connections->add(socket.handle);
    if (may_be_used && ::connect(socket.handle, address.ai_addr, address.ai_addrlen) == 0) {
        return true;
    }
    const int error = may_be_used ? errno : ECANCELED;
    close_socket(socket);
    errno = error;
    return false;
}

int on_connect(git_stream* stream) {
    GitSocket& socket = socket_of(stream);
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (const int result = ::getaddrinfo(socket.host, socket.port, &hints, &found); result != 0) {
        return fail(std::string{"the name cannot be found: "} + ::gai_strerror(result));
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all{found, &::freeaddrinfo};
    for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
        if (connect_to(socket, *one)) {
            return 0;
        }
    }
    return fail_with_errno("cannot connect");
}

ssize_t on_read(git_stream* stream, void* data, size_t size) {
    ssize_t count = -1;
    do {
        count = ::recv(socket_of(stream).handle, data, size, 0);
    } while (count < 0 && errno == EINTR);
    return count < 0 ? fail_with_errno("cannot read") : count;
}

ssize_t on_write(git_stream* stream, const char* data, size_t size, int) {
    ssize_t count = -1;
    do {
        count = ::send(socket_of(stream).handle, data, size, MSG_NOSIGNAL);
    } while (count < 0 && errno == EINTR);
    return count < 0 ? fail_with_errno("cannot write") : count;
}

int on_close(git_stream* stream) {
    close_socket(socket_of(stream));
    return 0;
}

void on_free(git_stream* stream) {
    const std::unique_ptr<GitSocket> socket{&socket_of(stream)};
    close_socket(*socket);
    ::free(socket->host);
    ::free(socket->port);
}

}  // namespace

void GitConnections::end() {
    const std::lock_guard lock{mutex_};
    has_ended_ = true;
    for (const int handle : handles_) {
        ::shutdown(handle, SHUT_RDWR);
    }
}

bool GitConnections::add(int handle) {
    const std::lock_guard lock{mutex_};
    handles_.push_back(handle);
    return !has_ended_;
}

void GitConnections::remove(int handle) {
    const std::lock_guard lock{mutex_};
    std::erase(handles_, handle);
    ::close(handle);
}

GitDeadline::GitDeadline(GitConnections& connections, Steady deadline)
    : watch_([this, &connections, deadline] {
          std::unique_lock lock{mutex_};
          if (!changed_.wait_until(lock, deadline, [this] { return is_done_; })) {
              connections.end();
          }
      }) {
    running = &connections;
}

GitDeadline::~GitDeadline() {
    running = nullptr;
    {
        const std::lock_guard lock{mutex_};
        is_done_ = true;
        changed_.notify_all();
    }
    watch_.join();
}

int open_git_socket(git_stream** out, const char* host, const char* port) {
    if (running == nullptr) {
        return fail("no fetch runs on this thread");
    }
    auto socket = std::make_unique<GitSocket>();
    socket->stream = {.version = GIT_STREAM_VERSION,
                      .connect = &on_connect,
                      .read = &on_read,
                      .write = &on_write,
                      .close = &on_close,
                      .free = &on_free};
    socket->host = ::strdup(host);
    socket->port = ::strdup(port);
    socket->connections = running;
    *out = &socket.release()->stream;
    return 0;
}

}  // namespace loquat::config
