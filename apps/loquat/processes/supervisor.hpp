#pragma once
#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "apps/loquat/processes/child.hpp"
#include "apps/loquat/processes/log_view.hpp"
#include "apps/loquat/processes/plan.hpp"
#include "apps/loquat/processes/state_file.hpp"
#include "base/clock.hpp"

namespace loquat::app {

struct SupervisorOptions {
    std::vector<ProcessPlan> plan;       // in the order of start
    std::filesystem::path data;          // held by this process
    std::vector<std::string> arguments;  // of every process, behind those that make it what it is
    std::chrono::seconds stop_time{10};  // for each, before it is killed
    int failures_max = 20;               // in a row, of one process; then all are stopped
    LogView::Colours colours = LogView::Colours::no;
    std::vector<std::string> notices = {};  // said first
    // Done each hour and at SIGHUP, before that is passed on; the lines that it gives are said.
    std::function<std::vector<std::string>()> upkeep = {};
};

// How long a process is waited for before it is started again after its `failures`-th end in a row:
// a quarter of a second, doubled each time, at most half a minute.
std::chrono::milliseconds pause_before_restart(int failures);

// Starts the processes of a plan, shows what they say, starts again what ends, and stops all in the
// opposite order of start.  One thread, which must be the only one.
class Supervisor {
  public:
    explicit Supervisor(SupervisorOptions options);
    ~Supervisor();
    Supervisor(const Supervisor&) = delete;
    Supervisor& operator=(const Supervisor&) = delete;

    // Prints `ready http://HOST:PORT` on standard output when all are; returns after SIGINT or
    // SIGTERM and the end of all, or when one cannot be brought up.  The exit code.
    int run();

  private:
    struct Member {
        ProcessPlan plan;
        ProcessLine line;
        Child child;
        LineCutter output;
        LineCutter errors;
        std::size_t number = 0;
        int failures = 0;  // in a row
        bool was_ready = false;
        Steady since;           // of its state
        std::string last_line;  // that it said since it was started
        Steady awaited_since;   // since it was started, or it was said that it is waited for
        int awaited_said = 0;   // how often, since it was started
    };

    // Those of the first stage, and the others when these are ready.
    void start_turn(Turn turn);
    void start_what_may();
    bool has_begun(const Member& member) const { return member.plan.turn <= turn_; }
    void start(Member& member);
    void restart_what_is_due();
    void read(Member& member);
    void read_the_rest(Member& member);
    void on_output(Member& member, std::string_view line);
    void on_end(Member& member, int wait_status);
    void enter(Member& member, ProcessState state);
    void take_signals();
    void keep_up();
    void on_stop_signal(int number);
    void begin_to_stop(int code);
    // Asks the next one to stop, and kills it when its time is over.
    void go_on_stopping();
    void say_ready();
    // Of each that was started and is not ready: now and then.
    void say_who_is_awaited();
    void wait();
    int milliseconds_to_wait() const;
    void publish();
    bool are_all_ended() const;

    SupervisorOptions options_;
    LogView view_;
    std::vector<Member> members_;
    int signals_ = -1;  // a descriptor
    Steady kept_up_at_ = std::chrono::steady_clock::now();
    bool is_stopping_ = false;
    bool is_killing_ = false;
    bool has_said_ready_ = false;
    Turn turn_ = Turn::first;  // the last one that has begun
    bool is_changed_ = false;  // since the list was written
    int code_ = 0;
};

}  // namespace loquat::app
