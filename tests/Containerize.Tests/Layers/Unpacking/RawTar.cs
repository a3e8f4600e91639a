using System.Globalization;
using System.Text;

namespace Containerize.Tests.Layers.Unpacking;

/// <summary>Writes tars byte by byte, right ones and wrong ones: names are Latin-1, so that each character is one byte.</summary>
internal sealed class RawTar
{
    private readonly List<byte> _bytes = [];

    /// <summary>The tar with its end.</summary>
    public byte[] Bytes => [.. _bytes, .. new byte[1024]];

    /// <summary>The tar without its end.</summary>
    public byte[] Unended => [.. _bytes];

    public RawTar File(string name, string text = "", int mode = 0x1A4, int owner = 0) => Entry('0', name, mode: mode, owner: owner, content: text);

    public RawTar Folder(string name, int mode = 0x1ED, int owner = 0) => Entry('5', name, mode: mode, owner: owner);

    public RawTar Link(string name, string target) => Entry('2', name, link: target, mode: 0x1FF);

    public RawTar HardLink(string name, string target) => Entry('1', name, link: target);

    /// <summary>An entry of any type.</summary>
    public RawTar Entry(char type, string name, string link = "", int mode = 0x1A4, int owner = 0, string content = "", Action<byte[]>? change = null)
    {
        var block = new byte[512];
        Put(block, 0, name, 100);
        Put(block, 100, Octal(mode, 7), 8);
        Put(block, 108, Octal(owner, 7), 8);
        Put(block, 116, Octal(owner, 7), 8);
        Put(block, 124, Octal(content.Length, 11), 12);
        Put(block, 136, Octal(1, 11), 12);
        block[156] = (byte)type;
        Put(block, 157, link, 100);
        Put(block, 257, "ustar\000", 8);
        change?.Invoke(block);
        Sum(block);
        _bytes.AddRange(block);
        _bytes.AddRange(Encoding.Latin1.GetBytes(content));
        _bytes.AddRange(new byte[-content.Length & 511]);
        return this;
    }

    /// <summary>A PAX header for the next entry.</summary>
    public RawTar Pax(params (string Key, string Value)[] records) => Entry('x', "PaxHeaders/x", content: string.Concat(records.Select(Record)));

    /// <summary>Bytes as they are.</summary>
    public RawTar Raw(byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public static void Put(byte[] block, int at, string text, int length) =>
        Encoding.Latin1.GetBytes(text.Length > length ? text[..length] : text).CopyTo(block, at);

    private static void Sum(byte[] block)
    {
        if (block[148] != 0)
        {
            return;
        }

        block.AsSpan(148, 8).Fill((byte)' ');
        Put(block, 148, Octal(block.Sum(b => b), 6) + "\0", 8);
    }

    private static string Record((string Key, string Value) record)
    {
        var rest = record.Key.Length + record.Value.Length + 3;
        var length = rest + 1;
        while (length != rest + length.ToString(CultureInfo.InvariantCulture).Length)
        {
            length = rest + length.ToString(CultureInfo.InvariantCulture).Length;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{length} {record.Key}={record.Value}\n");
    }

    private static string Octal(long value, int digits) => Convert.ToString(value, 8).PadLeft(digits, '0');
}
