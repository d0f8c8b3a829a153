namespace DoorController.Audit
{
    /// <summary>
    /// How many records the trail may still get that no grant, opening or alarm is the cause of: 24 at once and one more each hour that the door is on, so
    /// 48 in any 24 h, whoever stands outside. What is spent survives a power cut, and no hour counts that the power was off: switching it off and
    /// on buys nothing.
    /// </summary>
    internal sealed class RoutineBudget
    {
        private const int Hour = 3600;

        private readonly AuditMeta _meta;
        private int _refillS = Hour;

        public RoutineBudget(AuditMeta meta)
        {
            _meta = meta;
        }

        /// <summary>Lets what was spent come back. On flash it does so with the next save only: a cut before that costs the door records, never gives it more.</summary>
        /// <param name="nowS">Seconds since boot.</param>
        public void Poll(int nowS)
        {
            if (nowS >= _refillS)
            {
                _refillS += Hour;
                _meta.Spent = _meta.Spent > 0 ? _meta.Spent - 1 : 0;
            }
        }

        /// <summary>Pays for one record.</summary>
        /// <returns>False when there is none left: the record must wait, or be counted into another one.</returns>
        public bool Take()
        {
            if (_meta.Spent >= Limits.AuditRoutineBurst)
            {
                return false;
            }

            _meta.Spent++;
            _meta.AskSave();
            return true;
        }
    }
}
