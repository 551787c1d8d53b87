#pragma once
#include "apps/loquat/command.hpp"

// One function a command: it adds itself to the program and sets the exit code when it is called.
namespace loquat::app {

void add_up(Command program, int& code);
void add_serve(Command program, int& code);
void add_ps(Command program, int& code);
void add_chat(Command program, int& code);
void add_user(Command program, int& code);
void add_config(Command program, int& code);
void add_doctor(Command program, int& code);
void add_dead(Command program, int& code);
void add_import(Command program, int& code);
void add_products(Command program, int& code);
void add_contracts(Command program, int& code);
void add_export(Command program, int& code);
void add_backup(Command program, int& code);
void add_migrate(Command program, int& code);
void add_certs(Command program, int& code);
void add_version(Command program, int& code);

}  // namespace loquat::app
