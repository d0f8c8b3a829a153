namespace DoorController.Hal.Host
{
    /// <summary>The adapter that the firmware is promised: it calls the handler once and answers exactly once, or not at all.</summary>
    public sealed class HandlerAdapter : IRadioAdapter
    {
        private readonly IBleHandler _handler;

        /// <summary>An adapter in front of a handler.</summary>
        public HandlerAdapter(IBleHandler handler)
        {
            _handler = handler;
        }

        /// <inheritdoc/>
        public void OnRequest(RadioRequest request)
        {
            byte[]? value = null;
            int answer = request.Written != null
                ? _handler.OnWrite(request.Characteristic, request.Written)
                : _handler.OnRead(request.Characteristic, out value);
            if (answer == BleAnswer.Silence)
            {
                request.Leave();
            }
            else if (answer != BleAnswer.Ok)
            {
                request.RespondWithError(answer);
            }
            else if (request.IsWrite)
            {
                request.Respond();
            }
            else
            {
                request.RespondWithValue(value!);
            }
        }

        /// <inheritdoc/>
        public void OnSession(bool active) => _handler.OnSession(active);
    }
}
