using Xunit;

namespace Containerize.Testing;

/// <summary>A plain user of this machine who may use further ids (subuid(5)).</summary>
/// <param name="Uid">The user, and the group.</param>
/// <param name="First">The first of 65536 further ids of users, and of groups.</param>
public sealed record SubordinateIds(int Uid, int First)
{
    /// <summary>Finds one; skips the test where there is none.</summary>
    public static SubordinateIds Find()
    {
        string[] Lines(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];
        foreach (var line in Lines("/etc/subuid").Intersect(Lines("/etc/subgid")))
        {
            var fields = line.Split(':');
            var user = Lines("/etc/passwd").Select(entry => entry.Split(':')).FirstOrDefault(entry => entry[0] == fields[0] && entry[2] == entry[3]);
            if (user is not null && int.Parse(fields[2]) >= 65536)
            {
                return new(int.Parse(user[2]), int.Parse(fields[1]));
            }
        }

        throw new SkipException("no user has 65536 subordinate ids both in /etc/subuid and in /etc/subgid");
    }
}
