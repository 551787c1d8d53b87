#pragma once

namespace CLI {
class App;
}

// One function a command: it adds itself to the program and sets the exit code when it is called.
namespace loquat::app {

void add_up(CLI::App& app, int& code);
void add_serve(CLI::App& app, int& code);
void add_chat(CLI::App& app, int& code);
void add_user(CLI::App& app, int& code);
void add_config(CLI::App& app, int& code);
void add_doctor(CLI::App& app, int& code);
void add_import(CLI::App& app, int& code);
void add_contracts(CLI::App& app, int& code);
void add_backup(CLI::App& app, int& code);
void add_version(CLI::App& app, int& code);

}  // namespace loquat::app
