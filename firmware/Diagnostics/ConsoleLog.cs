#nullable enable
using DoorController.Audit;
using DoorController.Wire;

namespace DoorController.Diagnostics
{
    /// <summary>Command log: one page of the audit trail. Records are read some at a time, so that skipped numbers cost few reads of flash.</summary>
    public sealed class ConsoleLog
    {
        private readonly AuditTrail _audit;
        private byte[]? _page;
        private uint _next;
        private int _held;
        private int _at;
        private int _shown;

        /// <summary>The log of one trail.</summary>
        public ConsoleLog(AuditTrail audit)
        {
            _audit = audit;
        }

        /// <summary>The next line: a read of flash, or a record.</summary>
        /// <param name="step">0 begins a page.</param>
        /// <param name="hasFrom">Whether a first record was named; else the newest page is shown.</param>
        /// <param name="from">Number of the first record.</param>
        /// <returns>Null behind the last line; empty after a read.</returns>
        public string? Line(int step, bool hasFrom, uint from)
        {
            if (step == 0)
            {
                Begin(hasFrom ? from : NewestPage());
                return "";
            }

            return _page == null ? null : Next(_page);
        }

        private string? Next(byte[] page)
        {
            if (_shown == Limits.ConsoleLogRecords)
            {
                return End(_next < _audit.NextSequence ? "more: log " + _next.ToString() : null);
            }

            if (_at < _held)
            {
                return Show();
            }

            _held = _audit.Reader.ReadPage(_next, page, 0, Limits.ConsoleLogRecords);
            _at = 0;
            return _held > 0 ? "" : End(_shown == 0 ? "log: no records from " + _next.ToString() + " on" : null);
        }

        private uint NewestPage()
        {
            return _audit.NextSequence > Limits.ConsoleLogRecords ? _audit.NextSequence - Limits.ConsoleLogRecords : 1;
        }

        private void Begin(uint from)
        {
            _page = new byte[Limits.ConsoleLogRecords * AuditRecord.Length];
            _next = from;
            _held = 0;
            _at = 0;
            _shown = 0;
        }

        /// <summary>The page's memory is given back with the last line.</summary>
        private string? End(string? line)
        {
            _page = null;
            return line;
        }

        private string Show()
        {
            int at = _at * AuditRecord.Length;
            _at++;
            _shown++;
            _next = Bytes.U32(_page!, at + AuditRecord.SequenceOffset) + 1;
            return Describe(_page!, at);
        }

        private static string Describe(byte[] page, int at)
        {
            uint key = Bytes.U32(page, at + AuditRecord.KeyNumberOffset);
            int scope = Bytes.U24(page, at + AuditRecord.ScopeOffset);
            int verdict = page[at + AuditRecord.VerdictOffset];
            int quality = page[at + AuditRecord.QualityOffset];
            uint time = Bytes.U32(page, at + AuditRecord.TimeOffset);
            return Bytes.U32(page, at + AuditRecord.SequenceOffset).ToString() + " "
                + (time == 0 ? "(no clock) " : LineText.Time(time) + ((quality & 3) == ClockQuality.Proven ? " " : "? "))
                + AuditEvent.Name(page[at + AuditRecord.EventOffset])
                + (verdict != 0 ? ", " + Verdict.Name(verdict) : "")
                + (scope != 0 ? ", scope " + LineText.Scope(scope) : "")
                + (key != 0 ? " key " + key.ToString() : "")
                + ((quality & AuditRecord.Aggregated) != 0 ? ", " + Bytes.U32(page, at + AuditRecord.ArgumentOffset).ToString() + " times" : "");
        }
    }
}
