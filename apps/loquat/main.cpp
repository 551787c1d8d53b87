#include <sys/stat.h>

#include <csignal>
#include <cstdio>

#include "apps/loquat/chat_screen.hpp"
#include "apps/loquat/commands.hpp"
#include "base/failure.hpp"

namespace {

constexpr loquat::app::ProgramText text{
    .name = "loquat",
    .what = "Loquat: self-hosted chat for people and assistants.",
    .footer =
        "examples:\n"
        "  loquat up                                 everything, on http://localhost:8080\n"
        "  loquat up --port 9000 --data /srv/loquat  another port and folder\n"
        "  loquat chat                               talk with an assistant here\n"
        "  loquat doctor                             what is wrong here and how to mend it\n"
        "  loquat backup /srv/copy                   a copy of all data, also while it runs\n"
        "  loquat config show                        every setting and where it came from\n"
        "  loquat COMMAND --help                     more about one command"};

}  // namespace

// Exit codes: 0 well, 1 it failed (the reason is on standard error), 2 it was called wrongly.
int main(int argc, char** argv) {
    using namespace loquat;
    // A file at its limit of size is an error of that write, as a full disk is.
    std::signal(SIGXFSZ, SIG_IGN);
    // What this program writes is for its user alone.
    ::umask(S_IRWXG | S_IRWXO);
    int code = 0;
    const auto add_commands = [&code](app::Command program) {
        for (const auto add :
             {app::add_up, app::add_serve, app::add_ps, app::add_chat, app::add_user,
              app::add_import, app::add_products, app::add_export, app::add_config, app::add_doctor,
              app::add_dead, app::add_backup, app::add_migrate, app::add_certs, app::add_contracts,
              app::add_version}) {
            add(program, code);
        }
    };
    try {
        return app::run_program(argc, argv, text, add_commands, code);
    } catch (const Failure& failure) {
        std::fprintf(stderr, "loquat: %s\n", app::make_harmless(failure.message).c_str());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "loquat: %s\n", app::make_harmless(error.what()).c_str());
    }
    return 1;
}
