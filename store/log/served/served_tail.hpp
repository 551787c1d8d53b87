#pragma once
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/log/served/log_server.hpp"
#include "store/log/tail.hpp"

namespace loquat::store {

// The newest records of partitions that are followed, each under a name, and what is known of what
// came before them.  Any thread.
class ServedTail {
  public:
    explicit ServedTail(std::size_t bytes_max) : tail_(bytes_max) {}

    // What comes before it is open is kept until then.
    void begin(const std::string& name, Uuid log);
    void abandon(const std::string& name);
    void open(const std::string& name, const LogServer::Followed& at);
    bool is_open(const std::string& name) const;
    // What is no name's is dropped.
    void take(const std::string& name, std::vector<ServedEntry> entries);
    void close(const std::string& name);

    Uuid log_of(const std::string& name) const;
    // Who has read up to `after` reads on after this: there is no record in between.
    Offset quiet_behind(const std::string& name, Offset after) const;
    // No record is in (after, through].
    void note_quiet(const std::string& name, Offset after, Offset through);
    void note_appended(const std::string& name, Offset last);
    // Until what this process has appended can be read, or the deadline.
    Task<void> catch_up(std::string name, Steady deadline);

    Tail& records() { return tail_; }
    const Tail& records() const { return tail_; }

  private:
    struct Part {
        Uuid log;
        Offset begin = 0;     // what is in memory began after it
        Offset quiet = 0;     // no record is in (quiet, begin]
        Offset appended = 0;  // by this process
        bool is_open = false;
        std::vector<ServedEntry> early{};  // what came before it was open
    };

    void add(const std::string& name, const Part& part, std::vector<ServedEntry> entries);

    Tail tail_;
    mutable std::mutex mutex_;
    std::unordered_map<std::string, Part> parts_;
};

}  // namespace loquat::store
