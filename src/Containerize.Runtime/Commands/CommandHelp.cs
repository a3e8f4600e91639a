namespace Containerize.Runtime.Commands;

/// <summary>The options of the commands, for --help.</summary>
internal static class CommandHelp
{
    private const string Creating = """
          --bundle, -b DIR        the bundle; the working directory unless given
          --config, -f FILE       the configuration; config.json of the bundle unless given
          --console-socket PATH   where the terminal's master is sent
          --pid-file FILE         where the process id of the container is written
          --preserve-fds N        descriptors that the container keeps, from 3 on
          --no-pivot              enter the root without pivot_root, as on an initramfs
          --no-new-keyring        keep the caller's session keyring

        """;

    /// <summary>The options of a command; empty where it has none.</summary>
    public static string Of(string command) => command switch
    {
        "create" => "\noptions:\n" + Creating,
        "run" => "\noptions:\n" + Creating + """
              --detach, -d            do not wait for the container
              --keep                  do not remove the container when it ends

            """,
        "exec" => """

            options:
              --process, -p FILE      the process as JSON, as in config.json
              --tty, -t               give it a terminal
              --console-socket PATH   where the terminal's master is sent
              --detach, -d            do not wait for it
              --pid-file FILE         where its process id is written
              --cwd DIR               its working directory
              --env, -e NAME=VALUE    a variable more; may be repeated
              --user, -u UID[:GID]    its user
              --additional-gids, -g N a group more; may be repeated
              --cap, -c NAME          a capability more; may be repeated
              --no-new-privs          it and its children gain no privileges
              --apparmor PROFILE      its AppArmor profile
              --process-label LABEL   its SELinux label
              --preserve-fds N        descriptors that it keeps, from 3 on
              --cgroup [CONTROLLERS:]PATH  a cgroup below the container's, which it joins; may be repeated
              --ignore-paused         also into a container that is paused, to wait there

            """,
        "events" => """

            options:
              --interval DURATION     how often it is told what the container uses, as 100ms; 5s unless given
              --stats                 tell that once

            """,
        "update" => """

            options:
              --resources, -r FILE    limits as JSON, as in config.json; - is standard input
              --memory, --memory-reservation, --memory-swap BYTES
              --cpu-period, --cpu-quota, --cpu-burst, --cpu-share, --cpu-rt-period, --cpu-rt-runtime, --cpu-idle N
              --cpuset-cpus, --cpuset-mems LIST
              --blkio-weight, --pids-limit N

            """,
        "monitor" => """

            options:
              --bundle, -b DIR        the bundle; the working directory unless given
              --log-file FILE         where the container's output is written, as the CRI has it
              --log-size BYTES        the size at which the log becomes FILE.1
              --exit-file FILE        where the exit code is written
              --pid-file FILE         where the process id of the container is written

            """,
        "view" => "\noptions:\n  --directory DIR   the container's directory\n  --mounts          with its volumes and binds\n  --write           not for reading only\n",
        "kill" => "\noptions:\n  --all, -a   all processes of the container\n",
        "delete" => "\noptions:\n  --force, -f   end it first; no error where there is none\n",
        "list" => "\noptions:\n  --format, -f FORMAT   table or json\n  --quiet, -q           ids only\n",
        "ps" => "\noptions:\n  --format, -f FORMAT   table or json\n",
        "spec" => "\noptions:\n  --bundle, -b DIR   where config.json is written\n  --rootless         for a user without rights\n",
        _ => "",
    };
}
