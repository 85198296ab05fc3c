// SPDX-License-Identifier: Apache-2.0
//
// Writes what is made from the command line of cce at build time: completion for bash, zsh and fish, manual pages.
// Usage: cce_describe_command_line VERSION FOLDER

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include "command_line.h"

namespace {

using namespace cce::tool;

struct Option {
    std::vector<std::string> names;  ///< with their dashes
    std::string type;                ///< empty: it takes no value
    std::vector<std::string> choices;
    std::string description;
    bool required = false;
};

struct Command {
    std::vector<std::string> path;  ///< "trace", "run"
    std::string description;
    std::string text;      ///< the footer up to the examples
    std::string examples;  ///< lines
    std::vector<Option> options;
    std::vector<Command> commands;

    [[nodiscard]] std::string name(const char* separator) const {
        std::string result;
        for (const std::string& word : path) {
            result += (result.empty() ? "" : separator) + word;
        }
        return result;
    }
};

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
    return text;
}

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    std::istringstream stream(text);
    for (std::string part; std::getline(stream, part, separator);) {
        parts.push_back(part);
    }
    return parts;
}

std::string joined(const std::vector<std::string>& words, const std::string& separator) {
    std::string result;
    for (const std::string& word : words) {
        result += (result.empty() ? "" : separator) + word;
    }
    return result;
}

Option option_of(const CLI::Option& from) {
    Option option;
    for (const std::string& name : from.get_snames()) {
        option.names.push_back("-" + name);
    }
    for (const std::string& name : from.get_lnames()) {
        option.names.push_back("--" + name);
    }
    option.description = from.get_description();
    option.required = from.get_required();
    if (from.get_items_expected_max() == 0) {
        return option;
    }
    // "TEXT:{ctr,cbc}": the names of IsMember stand in braces.
    const std::string type = from.get_type_name();
    option.type = type.substr(0, type.find(':'));
    if (const auto open = type.find('{'), close = type.find('}');
        open != std::string::npos && close != std::string::npos) {
        option.choices = split(type.substr(open + 1, close - open - 1), ',');
        option.type = "NAME";
    } else if (option.type == type_backend) {
        option.choices.assign(backend_names.begin(), backend_names.end());
    } else if (option.type == type_engine) {
        option.choices.assign(engine_names.begin(), engine_names.end());
    }
    return option;
}

Command command_of(const CLI::App& from, std::vector<std::string> path) {
    Command command;
    command.path = std::move(path);
    command.description = from.get_description();
    const std::string footer = from.get_footer();
    const std::string marker = "Examples:\n";
    const auto examples = footer.find(marker);
    command.text = footer.substr(0, examples);
    if (examples != std::string::npos) {
        const std::string behind = footer.substr(examples + marker.size());
        const auto end = behind.find("\n\n");
        command.examples = behind.substr(0, end);
        if (end != std::string::npos) {
            command.text += behind.substr(end + 2);
        }
    }
    for (const CLI::Option* option : from.get_options()) {
        if (option->nonpositional()) {
            command.options.push_back(option_of(*option));
        }
    }
    for (const CLI::App* sub : from.get_subcommands([](const CLI::App*) { return true; })) {
        std::vector<std::string> deeper = command.path;
        deeper.push_back(sub->get_name());
        command.commands.push_back(command_of(*sub, deeper));
    }
    return command;
}

/// Calls `use` for the command and all below it.
void each(const Command& command, const std::function<void(const Command&)>& use) {
    use(command);
    for (const Command& sub : command.commands) {
        each(sub, use);
    }
}

bool is_path(const Option& option) {
    return option.type == type_file || option.type == "DIRECTORY";
}

constexpr const char* made_by =
    "# Made at build time from the command line's declaration (lib/tool/*_command_line.cc).\n";

std::string names_of_commands(const Command& command) {
    std::vector<std::string> names;
    for (const Command& sub : command.commands) {
        names.push_back(sub.path.back());
    }
    return joined(names, " ");
}

std::string bash_completion(const Command& root) {
    std::string words;
    std::string values;
    each(root, [&](const Command& command) {
        std::vector<std::string> all;
        for (const Option& option : command.options) {
            all.insert(all.end(), option.names.begin(), option.names.end());
            if (option.type.empty()) {
                continue;
            }
            std::vector<std::string> patterns;
            for (const std::string& name : option.names) {
                patterns.push_back("'" + command.name(" ") + ":" + name + "'");
            }
            values += "\t" + joined(patterns, " | ") + ")\n";
            values +=
                is_path(option)
                    ? "\t\tcompopt -o filenames 2>/dev/null\n\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
                : option.choices.empty() ? "\t\t: # nothing to offer\n"
                                         : "\t\tmapfile -t COMPREPLY < <(compgen -W '" + joined(option.choices, " ") +
                                               "' -- \"$current\")\n";
            values += "\t\treturn\n\t\t;;\n";
        }
        words += "\t'" + command.name(" ") + "') words='" + names_of_commands(command) +
                 (command.commands.empty() ? "" : " ") + joined(all, " ") + "' ;;\n";
    });
    return std::string("# shellcheck shell=bash\n# SPDX-License-Identifier: Apache-2.0\n") + made_by +
           "\n_cce() {\n\tlocal current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command='' "
           "words='' i\n"
           "\tCOMPREPLY=()\n\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
           "\t\tcase \"$command:${COMP_WORDS[i]}\" in\n"
           "\t\t:-* | trace:-*) ;;\n\t\t:*) command=${COMP_WORDS[i]} ;;\n"
           "\t\ttrace:*) command=\"trace ${COMP_WORDS[i]}\" ;;\n\t\tesac\n\tdone\n"
           "\tcase \"$command:$previous\" in\n" +
           values + "\tesac\n\tcase $command in\n" + words +
           "\tesac\n\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n}\n"
           "complete -o bashdefault -o default -F _cce cce\n";
}

/// For zsh's _arguments, inside single quotes.
std::string zsh_text(std::string text) {
    for (const char* special : {"\\", "[", "]", ":"}) {
        text = replaced(text, special, std::string("\\") + special);
    }
    return replaced(text, "'", "'\\''");
}

void zsh_arguments(const Command& command, const std::string& indent, std::string& out) {
    out += indent + "_arguments";
    for (const Option& option : command.options) {
        for (const std::string& name : option.names) {
            std::string action;
            if (!option.type.empty()) {
                action = ":" + option.type + ":" +
                         (is_path(option)          ? "_files"
                          : option.choices.empty() ? " "
                                                   : "(" + joined(option.choices, " ") + ")");
            }
            out += " \\\n" + indent + "\t'" + name + "[" + zsh_text(option.description) + "]" + action + "'";
        }
    }
}

void zsh_command(const Command& command, const std::string& indent, std::string& out) {
    zsh_arguments(command, indent, out);
    if (command.commands.empty()) {
        out += "\n";
        return;
    }
    out += " \\\n" + indent + "\t'1: :->command' '*:: :->arguments'\n";
    out += indent + "case $state in\n" + indent + "command)\n" + indent + "\tlocal -a commands=(\n";
    for (const Command& sub : command.commands) {
        out += indent + "\t\t'" + sub.path.back() + ":" + replaced(sub.description, "'", "'\\''") + "'\n";
    }
    out += indent + "\t)\n" + indent + "\t_describe -t commands 'command' commands\n" + indent + "\t;;\n";
    out += indent + "arguments)\n" + indent + "\tcase $words[1] in\n";
    for (const Command& sub : command.commands) {
        out += indent + "\t" + sub.path.back() + ")\n";
        zsh_command(sub, indent + "\t\t", out);
        out += indent + "\t\t;;\n";
    }
    out += indent + "\tesac\n" + indent + "\t;;\n" + indent + "esac\n";
}

std::string zsh_completion(const Command& root) {
    std::string out = std::string("#compdef cce\n# SPDX-License-Identifier: Apache-2.0\n") + made_by +
                      "\n_cce() {\n\tlocal curcontext=$curcontext state line\n";
    std::string body;
    zsh_command(root, "\t", body);
    // -C: the context of the second level belongs to the subcommand.
    out += replaced(body, "_arguments", "_arguments -C");
    return out + "}\n\n_cce \"$@\"\n";
}

std::string fish_completion(const Command& root) {
    std::string out = std::string("# SPDX-License-Identifier: Apache-2.0\n") + made_by + "complete -c cce -f\n";
    const auto quoted = [](const std::string& text) {
        return "'" + replaced(replaced(text, "\\", "\\\\"), "'", "\\'") + "'";
    };
    each(root, [&](const Command& command) {
        std::vector<std::string> seen;
        for (const std::string& word : command.path) {
            seen.push_back("__fish_seen_subcommand_from " + word);
        }
        const std::string here = command.path.empty() ? "__fish_use_subcommand" : joined(seen, "; and ");
        if (!command.commands.empty()) {
            const std::string condition =
                command.path.empty() ? here
                                     : here + "; and not __fish_seen_subcommand_from " + names_of_commands(command);
            for (const Command& sub : command.commands) {
                out += "complete -c cce -n " + quoted(condition) + " -a " + sub.path.back() + " -d " +
                       quoted(sub.description) + "\n";
            }
        }
        for (const Option& option : command.options) {
            out += "complete -c cce -n " + quoted(here);
            for (const std::string& name : option.names) {
                out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
            }
            if (is_path(option)) {
                out += " -r -F";
            } else if (!option.type.empty()) {
                out += " -x";
            }
            if (!option.choices.empty()) {
                out += " -a " + quoted(joined(option.choices, " "));
            }
            out += " -d " + quoted(option.description) + "\n";
        }
    });
    return out;
}

/// Text for roff: hyphens stay hyphens, and no line begins as a request.
std::string roff(std::string text) {
    text = replaced(std::move(text), "\\", "\\e");
    text = replaced(std::move(text), "-", "\\-");
    text = replaced(std::move(text), "'", "\\(aq");
    text = replaced(std::move(text), "~", "\\(ti");
    text = replaced(std::move(text), "^", "\\(ha");
    if (text.starts_with(".")) {
        text = "\\&" + text;
    }
    return replaced(std::move(text), "\n.", "\n\\&.");
}

/// Lines flow into paragraphs; indented ones are commands.
std::string roff_paragraphs(const std::string& text) {
    std::string out;
    for (const std::string& line : split(text, '\n')) {
        if (line.empty()) {
            out += ".PP\n";
        } else if (line.starts_with("  ")) {
            out += ".PP\n.RS 4\n.nf\n" + roff(line.substr(2)) + "\n.fi\n.RE\n";
        } else {
            out += roff(line) + "\n";
        }
    }
    while (out.ends_with(".PP\n")) {
        out.resize(out.size() - 4);
    }
    return out;
}

std::string roff_options(const Command& command) {
    std::string out = ".SH OPTIONS\n";
    for (const Option& option : command.options) {
        out += ".TP\n";
        std::vector<std::string> names;
        for (const std::string& name : option.names) {
            names.push_back("\\fB" + roff(name) + "\\fR");
        }
        out += joined(names, ", ");
        if (!option.type.empty()) {
            out += " \\fI" + roff(option.type) + "\\fR";
        }
        out += "\n" + roff(option.description) + (option.required ? " (required)" : "") + ".\n";
        if (option.type == "NAME" && !option.choices.empty()) {
            out += "One of " + roff(joined(option.choices, ", ")) + ".\n";
        }
    }
    return out;
}

std::string roff_examples(const Command& command) {
    if (command.examples.empty()) {
        return "";
    }
    std::string out = ".SH EXAMPLES\n.nf\n";
    for (const std::string& line : split(command.examples, '\n')) {
        out += roff(line.starts_with("  ") ? line.substr(2) : line) + "\n";
    }
    return out + ".fi\n";
}

std::string roff_begin(const std::string& page, const std::string& version) {
    std::string title = page;
    std::transform(title.begin(), title.end(), title.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return std::string(
               ".\\\" SPDX-License-Identifier: Apache-2.0\n.\\\" Made at build time from the command line's "
               "declaration (lib/tool/*_command_line.cc).\n.TH ") +
           roff(title) + " 1 \"\" \"Core Crypto Engine " + version + "\" \"User Commands\"\n";
}

constexpr const char* exit_status = R"(.SH EXIT STATUS
.TP
.B 0
Success.
.TP
.B 1
Something went wrong at work: bad input, a failed check, no permission, a full disk, a closed pipe, an engine that has gone.
The message on standard error says what, and what remains.
.TP
.B 2
The command line cannot be right.
.TP
.BR 128 " + " \fIN\fR
As shells show it: signal \fIN\fR ended the program.
Unfinished output was removed, or was left as \fIFILE\fR.partial, and the message says so.
)";

std::string page_of(const Command& command, const std::string& version) {
    const std::string page = "cce-" + command.name("-");
    std::string out = roff_begin(page, version) + ".SH NAME\n" + roff(page) + " \\- " + roff(command.description) +
                      "\n.SH SYNOPSIS\n.B cce " + roff(command.name(" ")) + "\n";
    for (const Option& option : command.options) {
        if (option.required) {
            out += "\\fB" + roff(option.names.back()) + "\\fR \\fI" + roff(option.type) + "\\fR\n";
        }
    }
    out += command.commands.empty() ? "[\\fIOPTION\\fR...]\n" : "\\fICOMMAND\\fR [\\fIOPTION\\fR...]\n";
    if (!command.text.empty()) {
        out += ".SH DESCRIPTION\n" + roff_paragraphs(command.text);
    }
    if (!command.commands.empty()) {
        out += ".SH COMMANDS\n";
        for (const Command& sub : command.commands) {
            out += ".TP\n.BR cce\\-" + roff(sub.name("-")) + " (1)\n" + roff(sub.description) + ".\n";
        }
    }
    return out + roff_options(command) + exit_status + roff_examples(command) + ".SH SEE ALSO\n.BR cce (1)\n";
}

std::string main_page(const Command& root, const std::string& version) {
    std::string out = roff_begin("cce", version) + ".SH NAME\ncce \\- " + roff(root.description) +
                      "\n.SH SYNOPSIS\n.B cce\n\\fICOMMAND\\fR [\\fIOPTION\\fR...]\n";
    out += R"(.SH DESCRIPTION
Encrypts, authenticates and wraps with AES, on the Core Crypto Engine behind its Linux driver, on a simulation of it in the
program itself, or on the CPU.
Which of them is called the backend;
.B cce info
tells which there are, and every command that works on data names the one that it takes.
.PP
Files of any length are best kept with
.B cce seal
and
.BR "cce open" :
there is nothing to choose but the key, and nothing that was altered is ever given out.
.B cce enc
and
.B cce dec
are for data that other programs read or write.
.SH COMMANDS
)";
    for (const Command& sub : root.commands) {
        out += ".TP\n.BR cce\\-" + roff(sub.name("-")) + " (1)\n" + roff(sub.description) + ".\n";
    }
    out += roff_options(root);
    out += R"(.SH KEYS
A key comes from a file
.RB ( \-\-key\-file ),
a file descriptor
.RB ( \-\-key\-fd )
or the command line
.RB ( \-K ),
as bytes or hexadecimal digits.
On the command line it is hidden from
.BR ps (1)
once the program runs, not before, and the shell's history may keep it.
The program writes no core file, its own copies of keys are in memory that is not swapped where the limit on locked memory
(\fBulimit \-l\fR) allows, and they are overwritten when they go.
No message and no file holds a key.
)";
    out += exit_status;
    out += R"(.SH ENVIRONMENT
.TP
.B CCE_BACKEND
The backend where
.B \-\-backend
is not given:
)";
    const std::vector<std::string> backends(backend_names.begin(), backend_names.end());
    out += roff(joined(backends, ", ")) + R"(.
.TP
.B CCE_ENGINE
The engine of backend in\-process where
.B \-\-engine
is not given.
.SH FILES
.TP
.IR FILE .partial
What an interrupted
.B cce seal
or
.B cce open
with
.B \-\-out
.I FILE
has left;
.B \-\-resume
goes on with it.
.TP
.I /sys/kernel/debug/cce
What
.B cce top
reads.
.TP
.I /sys/kernel/tracing
Where the driver's tracepoints are, for
.BR "cce trace kernel" .
)";
    out += roff_examples(root) + ".SH SEE ALSO\n";
    std::vector<std::string> pages;
    each(root, [&pages](const Command& command) {
        if (!command.path.empty()) {
            pages.push_back(".BR cce\\-" + roff(command.name("-")) + " (1)");
        }
    });
    return out + joined(pages, ",\n") + ",\n.BR openssl\\-enc (1ssl)\n";
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "Usage: %s VERSION FOLDER\n", argv[0]);
        return 2;
    }
    const std::string version = argv[1];
    const std::filesystem::path folder = argv[2];
    CLI::App app;
    CommandLine options;
    app.set_version_flag("--version", version);
    declare_command_line(app, options);
    const Command root = command_of(app, {});

    std::map<std::string, std::string> files{{"cce.bash", bash_completion(root)},
                                             {"_cce", zsh_completion(root)},
                                             {"cce.fish", fish_completion(root)},
                                             {"cce.1", main_page(root, version)}};
    each(root, [&](const Command& command) {
        if (!command.path.empty()) {
            files["cce-" + command.name("-") + ".1"] = page_of(command, version);
        }
    });
    for (const auto& [name, content] : files) {
        std::ofstream file(folder / name);
        file << content;
        file.close();
        if (!file) {
            std::fprintf(stderr, "can't write %s\n", (folder / name).c_str());
            return 1;
        }
    }
    return 0;
}
