#pragma once
#include <git2/sys/stream.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "base/clock.hpp"

namespace loquat::config {

// The sockets of one exchange with a remote.  libgit2 waits in them for as long as the other side
// likes; from here they are shut, and what waits in them fails at once.  Any thread.
class GitConnections {
  public:
    // For good: what is opened later is shut at once.
    void end();
    bool has_ended() const { return has_ended_; }

    // False: it has ended, and the socket must not be used.
    bool add(int handle);
    // Closes it, too.
    void remove(int handle);

  private:
    std::mutex mutex_;
    std::vector<int> handles_;
    std::atomic<bool> has_ended_ = false;
};

// While it lives, this thread's remotes are reached by sockets that are `connections`; they end at
// `deadline`.
class GitDeadline {
  public:
    GitDeadline(GitConnections& connections, Steady deadline);
    ~GitDeadline();
    GitDeadline(const GitDeadline&) = delete;
    GitDeadline& operator=(const GitDeadline&) = delete;

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool is_done_ = false;
    std::thread watch_;
};

// What libgit2 calls for a plain socket; TLS and ssh go on top of it.
int open_git_socket(git_stream** out, const char* host, const char* port);

}  // namespace loquat::config
