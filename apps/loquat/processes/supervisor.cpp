#include "apps/loquat/processes/supervisor.hpp"

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "apps/loquat/processes/waiting.hpp"
#include "base/failure.hpp"

namespace loquat::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A process that was ready for so long begins to count anew.
constexpr std::chrono::seconds well_for{60};
constexpr milliseconds first_pause{250};
constexpr milliseconds longest_pause{30'000};
constexpr std::chrono::hours upkeep_pause{1};
constexpr std::string_view ready_mark = "ready ";

sigset_t watched_signals() {
    sigset_t watched;
    ::sigemptyset(&watched);
    for (const int number : {SIGCHLD, SIGINT, SIGTERM, SIGHUP}) {
        ::sigaddset(&watched, number);
    }
    return watched;
}

std::int64_t unix_ms() {
    return std::chrono::duration_cast<milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

}  // namespace

milliseconds pause_before_restart(int failures) {
    const int doublings = std::clamp(failures - 1, 0, 16);
    return std::min(first_pause * (1 << doublings), longest_pause);
}

Supervisor::Supervisor(SupervisorOptions options)
    : options_(std::move(options)), view_(options_.colours, [this] {
          std::size_t width = std::string_view{"loquat"}.size();
          for (const ProcessPlan& one : options_.plan) {
              width = std::max(width, one.name.size());
          }
          return width;
      }()) {
    const sigset_t watched = watched_signals();
    ::sigprocmask(SIG_BLOCK, &watched, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    signals_ = ::signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
    for (const ProcessPlan& plan : options_.plan) {
        Member& member = members_.emplace_back();
        member.plan = plan;
        member.number = members_.size() - 1;
        member.line = {.name = plan.name, .services = plan.services, .url = plan.url()};
        enter(member, ProcessState::waiting);
    }
}

Supervisor::~Supervisor() {
    ::close(signals_);
    remove_process_list(options_.data);
}

int Supervisor::run() {
    for (const std::string& notice : options_.notices) {
        view_.say(notice);
    }
    start_turn(Turn::first);
    start_what_may();
    while (!is_stopping_ || !are_all_ended()) {
        publish();
        wait();
        take_signals();
        for (Member& member : members_) {
            read(member);
            if (const auto status = member.child.reap()) {
                read_the_rest(member);
                on_end(member, *status);
            }
        }
        if (is_stopping_) {
            go_on_stopping();
        } else {
            start_what_may();
            restart_what_is_due();
            say_ready();
            say_who_is_awaited();
            if (steady_clock::now() >= kept_up_at_ + upkeep_pause) {
                keep_up();
            }
        }
    }
    return code_;
}

void Supervisor::start_turn(Turn turn) {
    turn_ = turn;
    for (Member& member : members_) {
        if (member.plan.turn == turn) {
            start(member);
        }
    }
}

void Supervisor::start_what_may() {
    const auto may_go_on = [this] {
        return std::ranges::all_of(members_, [this](const Member& member) {
            return !has_begun(member) || member.line.state == ProcessState::ready;
        });
    };
    while (turn_ != Turn::last && may_go_on()) {
        start_turn(turn_ == Turn::first ? Turn::second : Turn::last);
    }
}

void Supervisor::start(Member& member) {
    std::vector<std::string> arguments{"serve"};
    arguments.insert(arguments.end(), member.plan.services.begin(), member.plan.services.end());
    arguments.insert(arguments.end(), {"--data", (options_.data / member.plan.name).string(),
                                       "--service-port", std::to_string(member.plan.port)});
    arguments.insert(arguments.end(), options_.arguments.begin(), options_.arguments.end());
    for (const std::string& setting : member.plan.settings) {
        arguments.insert(arguments.end(), {"--set", setting});
    }
    try {
        member.child = Child::start(arguments);
        member.line.pid = member.child.pid();
        member.last_line.clear();
        member.awaited_said = 0;
        enter(member, ProcessState::starting);
        member.awaited_since = member.since;
    } catch (const Failure& failure) {
        view_.say(failure.message);
        on_end(member, W_EXITCODE(127, 0));
    }
}

void Supervisor::restart_what_is_due() {
    const Steady now = steady_clock::now();
    for (Member& member : members_) {
        if (has_begun(member) && member.line.state == ProcessState::waiting &&
            now >= member.since + pause_before_restart(member.failures)) {
            ++member.line.restarts;
            start(member);
        }
    }
}

void Supervisor::read(Member& member) {
    member.output.add(member.child.read_output(),
                      [&](std::string_view line) { on_output(member, line); });
    member.errors.add(member.child.read_errors(), [&](std::string_view line) {
        member.last_line = line;
        view_.write(member.plan.name, member.number, line);
    });
}

// What it said last.  Somebody else may still hold its pipes: then not for ever.
void Supervisor::read_the_rest(Member& member) {
    constexpr int reads_max = 64;
    for (int i = 0; i < reads_max && (member.child.output() >= 0 || member.child.errors() >= 0);
         ++i) {
        read(member);
    }
}

void Supervisor::on_output(Member& member, std::string_view line) {
    if (member.line.state != ProcessState::starting || !line.starts_with(ready_mark)) {
        view_.write(member.plan.name, member.number, line);
        return;
    }
    const bool is_again = std::exchange(member.was_ready, true);
    // Of the gateway: where the outside reaches it.
    member.line.url = line.substr(ready_mark.size());
    enter(member, ProcessState::ready);
    if (is_again) {
        view_.say(member.plan.name + " is back");
    }
}

void Supervisor::on_end(Member& member, int wait_status) {
    const auto take = [&](std::string_view line) {
        view_.write(member.plan.name, member.number, line);
    };
    member.output.finish(take);
    member.errors.finish(take);
    // One that was told to leave did nothing wrong.
    const bool has_left = WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0;
    const bool had_been_well = member.line.state == ProcessState::ready &&
                               (has_left || steady_clock::now() - member.since >= well_for);
    member.line.pid = 0;
    member.line.last_end = describe_end(wait_status);
    member.failures = had_been_well ? 1 : member.failures + 1;
    if (is_stopping_) {
        enter(member, ProcessState::ended);
        if (!has_left) {
            view_.say(member.plan.name + " " + member.line.last_end);
            code_ = std::max(code_, 1);
        }
        return;
    }
    enter(member, ProcessState::waiting);
    const std::string what = member.plan.name + " " + member.line.last_end;
    // What it refuses at its first start it will refuse again: a wrong setting, a damaged file.
    const bool is_refusal = !member.was_ready && WIFEXITED(wait_status);
    if (is_refusal || member.failures > options_.failures_max) {
        view_.say(what + (is_refusal ? " before it was ready" : ", too many times in a row") +
                  "; stopping all");
        enter(member, ProcessState::ended);
        begin_to_stop(1);
        return;
    }
    const auto pause = pause_before_restart(member.failures);
    view_.say(what + "; starting it again in " + std::to_string(pause.count()) + " ms (" +
              std::to_string(member.failures) + " of " + std::to_string(options_.failures_max) +
              " in a row)");
}

void Supervisor::enter(Member& member, ProcessState state) {
    member.line.state = state;
    member.line.since_ms = unix_ms();
    member.since = steady_clock::now();
    is_changed_ = true;
}

void Supervisor::take_signals() {
    signalfd_siginfo info{};
    while (::read(signals_, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
        const int number = static_cast<int>(info.ssi_signo);
        if (number == SIGHUP) {
            keep_up();
            for (const Member& member : members_) {
                member.child.signal(SIGHUP);
            }
        } else if (number != SIGCHLD) {
            on_stop_signal(number);
        }
    }
}

void Supervisor::keep_up() {
    kept_up_at_ = steady_clock::now();
    if (options_.upkeep) {
        for (const std::string& line : options_.upkeep()) {
            view_.say(line);
        }
    }
}

void Supervisor::on_stop_signal(int number) {
    if (!is_stopping_) {
        view_.say("stopping all; once more kills them");
        begin_to_stop(0);
        return;
    }
    if (!std::exchange(is_killing_, true)) {
        view_.say("killing all");
        code_ = 128 + number;
    }
    for (const Member& member : members_) {
        member.child.signal(SIGKILL);
    }
}

void Supervisor::begin_to_stop(int code) {
    if (std::exchange(is_stopping_, true)) {
        return;
    }
    code_ = code;
    for (Member& member : members_) {
        if (!member.child.is_running()) {
            enter(member, ProcessState::ended);
        }
    }
}

void Supervisor::go_on_stopping() {
    const auto last = std::ranges::find_if(members_.rbegin(), members_.rend(), [](const Member& m) {
        return m.line.state != ProcessState::ended;
    });
    if (last == members_.rend()) {
        return;
    }
    if (last->line.state != ProcessState::stopping) {
        enter(*last, ProcessState::stopping);
        last->child.signal(SIGTERM);
    } else if (steady_clock::now() >= last->since + options_.stop_time) {
        view_.say(last->plan.name + " does not stop; killing it");
        last->child.signal(SIGKILL);
        last->since = steady_clock::now();
    }
}

void Supervisor::say_ready() {
    const bool are_ready = std::ranges::all_of(
        members_, [](const Member& member) { return member.line.state == ProcessState::ready; });
    if (!has_said_ready_ && are_ready) {
        has_said_ready_ = true;
        std::printf("ready %s\n", members_.back().line.url.c_str());
        std::fflush(stdout);
    }
}

void Supervisor::say_who_is_awaited() {
    const Steady now = steady_clock::now();
    for (Member& member : members_) {
        if (member.line.state != ProcessState::starting ||
            now < member.awaited_since + pause_before_saying(member.awaited_said)) {
            continue;
        }
        member.awaited_since = now;
        ++member.awaited_said;
        const auto seconds = std::chrono::floor<std::chrono::seconds>(now - member.since).count();
        view_.say("still waiting for " + member.plan.name + " (process " +
                  std::to_string(member.line.pid) + ", port " + std::to_string(member.plan.port) +
                  ") after " + std::to_string(seconds) +
                  " s: " + describe_unready(member.line.pid, member.last_line) +
                  (turn_ == Turn::last ? "" : "; the others start when it is ready"));
    }
}

void Supervisor::wait() {
    std::vector<pollfd> ends{{signals_, POLLIN, 0}};
    for (const Member& member : members_) {
        for (const int end : {member.child.output(), member.child.errors()}) {
            if (end >= 0) {
                ends.push_back({end, POLLIN, 0});
            }
        }
    }
    ::poll(ends.data(), ends.size(), milliseconds_to_wait());
}

int Supervisor::milliseconds_to_wait() const {
    const Steady now = steady_clock::now();
    auto wait = std::chrono::duration_cast<milliseconds>(longest_pause);
    const auto until = [&](Steady at) {
        wait = std::min(wait, std::chrono::ceil<milliseconds>(std::max(at, now) - now));
    };
    for (const Member& member : members_) {
        if (member.line.state == ProcessState::waiting && has_begun(member)) {
            until(member.since + pause_before_restart(member.failures));
        } else if (member.line.state == ProcessState::starting && !is_stopping_) {
            until(member.awaited_since + pause_before_saying(member.awaited_said));
        } else if (member.line.state == ProcessState::stopping) {
            until(member.since + options_.stop_time);
        }
    }
    return static_cast<int>(wait.count());
}

void Supervisor::publish() {
    if (!std::exchange(is_changed_, false)) {
        return;
    }
    ProcessList list{::getpid(), {}};
    for (const Member& member : members_) {
        list.processes.push_back(member.line);
    }
    write_process_list(options_.data, list);
}

bool Supervisor::are_all_ended() const {
    return std::ranges::all_of(
        members_, [](const Member& member) { return member.line.state == ProcessState::ended; });
}

}  // namespace loquat::app
