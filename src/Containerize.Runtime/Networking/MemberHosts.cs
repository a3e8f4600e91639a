using System.Text;

namespace Containerize.Runtime.Networking;

/// <summary>The part of a hosts file that names the members of a named network; the rest is the container's own.</summary>
internal static class MemberHosts
{
    private const string Begin = "# the other containers of the network\n";
    private const string End = "# as long as they run\n";

    /// <summary>A hosts file with another such part.</summary>
    public static string Change(string text, IEnumerable<NetworkMember> others)
    {
        var changed = new StringBuilder();
        var begin = text.IndexOf(Begin, StringComparison.Ordinal);
        var end = begin < 0 ? -1 : text.IndexOf(End, begin, StringComparison.Ordinal);
        changed.Append(begin < 0 ? text : text[..begin]);
        if (changed.Length > 0 && changed[^1] != '\n')
        {
            changed.Append('\n');
        }

        changed.Append(Begin);
        foreach (var other in others)
        {
            changed.Append(other.Address).Append('\t').AppendJoin(' ', other.Names).Append('\n');
        }

        return changed.Append(End).Append(end < 0 ? "" : text[(end + End.Length)..]).ToString();
    }

    /// <summary>Changes the files of all members.</summary>
    public static void Update(IReadOnlyList<NetworkMember> members)
    {
        foreach (var member in members)
        {
            try
            {
                var path = Path.Combine(member.Directory, HostsFile.Name);
                var old = SharedFile.Read(path);
                var changed = Change(old, members.Where(other => other.Directory != member.Directory));
                if (changed != old)
                {
                    SharedFile.Write(path, changed);
                }
            }
            catch (SyscallException)
            {
                // It is about to be removed, or was made too large by its container: that is no reason to keep another from starting.
            }
        }
    }
}
