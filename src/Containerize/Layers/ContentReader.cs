using Microsoft.Win32.SafeHandles;

namespace Containerize.Layers;

/// <summary>Reads a content to exactly its planned size, or fails: CTZ2003, CTZ2004, CTZ2006.</summary>
internal abstract class ContentReader(FileContent content) : IDisposable
{
    private long _position;

    /// <summary>Opens a content; a file is looked at first, and once more in <see cref="Finish"/>.</summary>
    public static ContentReader Open(FileContent content) => content switch
    {
        DiskContent disk => new OfFile(disk),
        InlineContent inline => new OfBytes(inline),
        _ => new OfStream(content),
    };

    /// <summary>Reads at least one byte; CTZ2004 at an early end.</summary>
    public int Read(Span<byte> buffer)
    {
        var read = ReadSome(buffer, _position);
        if (read == 0)
        {
            throw LayerErrors.Changed(content.Origin, $"it ends after {_position} bytes, and {content.Size} were planned");
        }

        _position += read;
        return read;
    }

    /// <summary>Checks that the content ended and did not change; the state of a file on disk.</summary>
    public virtual FileState Finish()
    {
        Span<byte> more = stackalloc byte[1];
        if (ReadSome(more, _position) != 0)
        {
            throw LayerErrors.Changed(content.Origin, $"it is longer than the {content.Size} bytes that were planned");
        }

        return FileState.None;
    }

    public abstract void Dispose();

    protected abstract int ReadSome(Span<byte> buffer, long position);

    private sealed class OfFile : ContentReader
    {
        // Below it the hint to the kernel costs more than it gives.
        private const long LargeFile = 1024 * 1024;

        private readonly DiskContent _content;
        private readonly SafeFileHandle _file;
        private readonly FileState _before;

        public OfFile(DiskContent content)
            : base(content)
        {
            _content = content;
            FileState.Of(content.SourcePath).RequireRegular(content.SourcePath);
            try
            {
                _file = File.OpenHandle(
                    content.SourcePath,
                    FileMode.Open,
                    FileAccess.Read,
                    FileShare.Read,
                    content.Size >= LargeFile ? FileOptions.SequentialScan : FileOptions.None);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw LayerErrors.Unreadable(content.SourcePath, e);
            }

            _before = FileState.Of(_file, content.SourcePath);
            if (_before.Size != content.Size)
            {
                _file.Dispose();
                throw LayerErrors.Changed(content.SourcePath, $"it has {_before.Size} bytes, and {content.Size} were planned");
            }
        }

        // The kernel's word on size and times is worth more than one more read.
        public override FileState Finish()
        {
            var after = FileState.Of(_file, _content.SourcePath);
            if (after.Size != _before.Size || after.ModifiedTicks != _before.ModifiedTicks)
            {
                throw LayerErrors.Changed(_content.SourcePath, $"{_before.Size} bytes became {after.Size}, or its time moved");
            }

            return after;
        }

        public override void Dispose() => _file.Dispose();

        protected override int ReadSome(Span<byte> buffer, long position)
        {
            try
            {
                return RandomAccess.Read(_file, buffer, position);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw LayerErrors.Unreadable(_content.SourcePath, e);
            }
        }
    }

    private sealed class OfBytes(InlineContent content) : ContentReader(content)
    {
        private readonly ReadOnlyMemory<byte> _bytes = content.Bytes;

        public override void Dispose()
        {
        }

        protected override int ReadSome(Span<byte> buffer, long position)
        {
            var count = (int)Math.Min(buffer.Length, _bytes.Length - position);
            _bytes.Span.Slice((int)position, count).CopyTo(buffer);
            return count;
        }
    }

    private sealed class OfStream(FileContent content) : ContentReader(content)
    {
        private readonly string _origin = content.Origin;
        private readonly Stream _stream = Opened(content);

        public override void Dispose() => _stream.Dispose();

        protected override int ReadSome(Span<byte> buffer, long position)
        {
            try
            {
                return _stream.Read(buffer);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw LayerErrors.Unreadable(_origin, e);
            }
        }

        private static Stream Opened(FileContent content)
        {
            try
            {
                return content.Open();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw LayerErrors.Unreadable(content.Origin, e);
            }
        }
    }
}
