import { BareInput, BareSelect, SelectField, TextArea, TextField } from './Field'

export const Fields = () => (
  <>
    <TextField label="Name" hint="As others will know it." defaultValue="churn" />
    <TextField label="E-mail address" wrong="This is no e-mail address." defaultValue="grace" />
    <SelectField label="Metric">
      <option>roc_auc</option>
      <option>log_loss</option>
    </SelectField>
    <TextArea label="Note" rows={3} defaultValue="Why this was made." />
  </>
)

export const Bare = () => (
  <>
    <BareInput label="Find in params" placeholder="Find by name" />
    <BareSelect label="Status">
      <option>Any status</option>
    </BareSelect>
  </>
)
