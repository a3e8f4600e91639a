using System.Globalization;
using Containerize.Linux;
using Containerize.Oci;

namespace Containerize.Layers.Unpacking;

/// <summary>The failures of unpacking a tar: CTZ5001 to CTZ5007.</summary>
internal sealed class UnpackErrors
{
    private readonly string _doing;

    /// <summary>Those of a layer.</summary>
    public UnpackErrors(Digest layer) => _doing = $"unpacking the layer {layer}";

    /// <summary>Those of another tar.</summary>
    public UnpackErrors(string doing) => _doing = doing;

    public ContainerizeException Damaged(long at, string why) =>
        new(5001, Invariant($"{_doing}, at byte {at} of its tar"), why, "The content is damaged; get or build the image again.");

    public ContainerizeException NotAllowed(ReadOnlySpan<byte> path, string why) =>
        new(5002, Entry(path), why, "The image is damaged or hostile, or of a tool that writes other layers than the specification has; use another one.");

    public ContainerizeException BeyondLimit(string why) =>
        new(5003, _doing, why, "A layer like that is refused; use another image.");

    public ContainerizeException BeyondLimit(ReadOnlySpan<byte> path, string why) =>
        new(5003, Entry(path), why, "A layer like that is refused; use another image.");

    public ContainerizeException OtherDiffId(Digest expected, Digest found) =>
        new(
            5004,
            _doing,
            $"its tar has the digest {found}, where the image's configuration says {expected}",
            "The image is damaged or forged; get it again, or from another place.");

    public ContainerizeException Writing(ReadOnlySpan<byte> path, string call, nint result)
    {
        var errno = (int)-result;
        return new(
            5005,
            Entry(path),
            $"{call}: {Errno.Describe(errno)}",
            errno switch
            {
                Errno.ENOSPC or Errno.EDQUOT => "Free some space on that disk; nothing is left half.",
                Errno.EPERM or Errno.EACCES => "Check that you may write there, and that owners may be set (root, or a user namespace's).",
                _ => "Check the disk and its filesystem; nothing is left half.",
            });
    }

    public ContainerizeException UnmappedOwner(ReadOnlySpan<byte> path, uint owner, uint group) =>
        new(
            5006,
            Entry(path),
            Invariant($"its owner {owner}:{group} is none of the user namespace's"),
            "Give your user more subordinate ids in /etc/subuid and /etc/subgid, or use an image whose ids are smaller.");

    public ContainerizeException OtherKind(ReadOnlySpan<byte> path, bool isDirectory) =>
        new(
            5007,
            Entry(path),
            isDirectory ? "there is something at its place that is no directory, and it is one" : "there is a directory at its place, and it is none",
            "Remove what is there, or choose another place.");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private string Entry(ReadOnlySpan<byte> path) => $"{_doing}, the entry '{ByteNames.Show(path)}'";
}
